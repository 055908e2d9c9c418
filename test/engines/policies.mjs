/**
 * Pages with a content security policy: which kernels and threads there are under each, what runtimeInfo() says of
 * them, and how often the console hears of it.
 */
const base = "default-src 'self'; script-src 'self' 'unsafe-inline'";

/** `expected` is compared with what describeRuntime gives; a regular expression with its text. */
export const POLICIES = [
  {
    name: 'no WebAssembly',
    policy: `${base}; worker-src blob:`,
    expected: {
      kernels: 'portable',
      threads: 1,
      kernelsReason: /'wasm-unsafe-eval' in script-src/,
      threadsReason: /portable kernels run on one thread/,
      simd: /^RuntimeError: configure: SIMD kernels are not available: .*'wasm-unsafe-eval'/,
      warnings: 1,
    },
  },
  {
    name: 'no workers',
    policy: `${base} 'wasm-unsafe-eval'`,
    expected: {
      kernels: 'simd',
      threads: 1,
      kernelsReason: /has WebAssembly SIMD/,
      threadsReason: /^1 of 1 workers .* blob: in worker-src/,
      simd: /^resolved/,
      warnings: 0,
    },
  },
  {
    name: 'as the README has it',
    policy: `${base} 'wasm-unsafe-eval'; worker-src blob:`,
    expected: {
      kernels: 'simd',
      threads: 2,
      kernelsReason: /has WebAssembly SIMD/,
      threadsReason: /asked for them/,
      simd: /^resolved/,
      warnings: 0,
    },
  },
];

/** Runs in the page. */
export async function describeRuntime(ganvas) {
  let warnings = 0;
  console.warn = () => warnings++;
  const simd = await ganvas.configure({ kernels: 'simd' }).then(() => 'resolved', String);
  await ganvas.configure({ threads: 2 });
  ganvas.add(ganvas.ones([200, 200]), 1);
  const { kernels, threads, reasons } = ganvas.runtimeInfo();
  return { kernels, threads, kernelsReason: reasons.kernels, threadsReason: reasons.threads, simd, warnings };
}

/** What differs from `expected`, in a sentence; '' if nothing does. */
export function difference(result, expected) {
  const fits = (got, wanted) => (wanted instanceof RegExp ? wanted.test(got) : got === wanted);
  return Object.entries(expected)
    .filter(([key, wanted]) => !fits(result[key], wanted))
    .map(([key, wanted]) => `${key} is ${JSON.stringify(result[key])} instead of ${wanted}`)
    .join('; ');
}
