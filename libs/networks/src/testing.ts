export { hdSignerOf } from './hd.ts'
