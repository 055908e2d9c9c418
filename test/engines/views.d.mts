export function keepViews(
  ganvas: typeof import('../../src/index.ts'),
  options: {
    readonly count: number;
    readonly kernels?: 'portable' | 'simd';
    readonly threads?: number;
    readonly collect?: () => void;
  },
): Promise<{ readonly kept: number; readonly foreign: number; readonly kinds: Readonly<Record<string, number>> }>;
