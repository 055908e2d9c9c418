/**
 * What an engine is asked to do, by its name in a configuration. Each takes the imported package `ganvas` and the
 * configuration.
 */
import { describeRuntime } from './policies.mjs';
import { trainAndHash } from './training.mjs';
import { keepViews } from './views.mjs';

export const programs = { training: trainAndHash, views: keepViews, runtime: describeRuntime };
