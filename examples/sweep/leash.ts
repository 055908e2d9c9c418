/**
 * Loaded before a training of a sweep. Its standard input is a pipe that ends when the sweep's process ends, however
 * that happens. Then the training stops as by Ctrl-C: after its step, with its state saved. Without this, trainings of
 * a killed sweep would go on beside those of the next.
 */
process.stdin.on('end', () => process.kill(process.pid, 'SIGINT'));
process.stdin.resume();
if ('unref' in process.stdin) process.stdin.unref();
