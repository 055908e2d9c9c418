/**
 * vitest's own V8 coverage under the name 'custom'. vitest looks for a provider called 'v8' beside itself, and in each test process again by
 * that name; a custom one it finds by its path, and so in this folder.
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
