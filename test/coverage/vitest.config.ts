/**
 * Branch coverage of src: `npm run test:coverage`. The provider is installed in this folder, so that the project itself
 * needs no further package. Code that tests run in other processes is not counted.
 */
import { mergeConfig, type ViteUserConfig } from 'vitest/config';
import tests from '../../.ci/vitest.config.ts';

/** Code that parses untrusted bytes or saves trainings needs every branch covered. */
const COMPLETE: readonly string[] = [
  'src/data/idx.ts',
  'src/io/*.ts',
  'src/node/{checkpoints,files,gunzip,idx}.ts',
  'src/gan/{checkpoints,configuration,training-state}.ts',
];

const config: ViteUserConfig = mergeConfig(tests, {
  test: {
    coverage: {
      enabled: true,
      provider: 'custom',
      customProviderModule: 'test/coverage/provider.mjs',
      include: ['src/**/*.ts'],
      reportOnFailure: true,
      reporter: ['text', 'json'],
      thresholds: {
        branches: 95,
        ...Object.fromEntries(COMPLETE.map((files) => [files, { branches: 100 }])),
      },
    },
  },
});
export default config;
