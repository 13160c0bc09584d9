export { CollectionError } from './errors.ts'
export type { CollectionErrorCode } from './errors.ts'
export { openRepository } from './repository.ts'
export type { RepositoryPorts } from './repository.ts'
export type { Row, RowEvent, RowLookup, RowRequest, RowStore } from './rows.ts'
export { migrate, MIGRATIONS_FOLDER } from './sqlite/migrations.ts'
export { openCollections } from './sqlite/open.ts'
export { migrationState, rehearseMigrations, type MigrationState } from './sqlite/migrations.ts'
export type { CollectionsCopy } from './sqlite/copy.ts'
export type { Collections, CollectionsOptions, Waiting } from './sqlite/open.ts'
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
