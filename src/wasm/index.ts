export type { Code, Label } from './code.ts';
export { conditional, type Expr, type Global, type Local, type Operand, select } from './expression.ts';
export type { FunctionBuilder } from './function.ts';
export {
  type FunctionHandle,
  type FunctionOptions,
  type MemoryLimits,
  ModuleBuilder,
  type Params,
  type TableHandle,
} from './module.ts';
export { f32, f32x4, f64, i8x16, i16x8, i32, i32x4, i64, i64x2, memory, v128 } from './namespaces.ts';
export { AssemblyError, type ResultType, type ValueType } from './types.ts';
