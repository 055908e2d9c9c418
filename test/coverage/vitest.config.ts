/**
 * How much of src the tests run, branch by branch: `npm run test:coverage`. The provider is vitest's own, installed in this folder and named
 * by its path, so that the project itself needs no further package. Code that runs in processes of its own is not counted: whatever matters
 * there is tested in the test process too.
 */
import { mergeConfig, type ViteUserConfig } from 'vitest/config';
import tests from '../../.ci/vitest.config.ts';

/** What reads bytes that others wrote, and what keeps a training from being lost: every branch. */
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
