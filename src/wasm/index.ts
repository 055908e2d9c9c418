export { type Expr, type Local, type Operand, select } from './expression.ts';
export type { FunctionBuilder } from './function.ts';
export { type FunctionHandle, ModuleBuilder, type Params } from './module.ts';
export { f32, f32x4, i8x16, i16x8, i32, i32x4, i64, i64x2, memory, v128 } from './namespaces.ts';
export { AssemblyError, type ResultType, type ValueType } from './types.ts';
