/**
 * The V8 coverage of vitest under the name 'custom'. vitest loads a provider called 'v8' from its own folder, which
 * does not have it, but a custom provider from the path in the configuration.
 */
import v8 from '@vitest/coverage-v8';

export default {
  ...v8,
  async getProvider() {
    const provider = await v8.getProvider();
    provider.name = 'custom';
    return provider;
  },
};
