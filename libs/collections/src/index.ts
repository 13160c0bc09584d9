export { CollectionError } from './errors.ts'
export type { CollectionErrorCode } from './errors.ts'
export type {
  Clock,
  CollectionDefinition,
  FindOptions,
  Json,
  Lookup,
  LookupValue,
  PendingEvent,
  RecordCipher,
  Repository,
  RequestRef,
  Stored,
  UpdateOptions,
  WaitingEvent,
  WriteOptions,
  Written,
} from './types.ts'
