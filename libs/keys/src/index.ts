export { KeysError } from './errors.ts'
export type { KeysErrorCode } from './errors.ts'
export type {
  Algorithm,
  BookKeyPair,
  Clock,
  KeyInfo,
  NewKey,
  PublicJwk,
  Secret,
  Signer,
  Storage,
} from './types.ts'
