/** What an operator's command refuses, or fails with: the message says what to do. */
export type OperatorCode =
  | 'BACKUP_EXISTS' | 'BACKUP_IN_DATA' | 'BACKUP_RUNNING' | 'BACKUP_MISSING' | 'BACKUP_DAMAGED' | 'BACKUP_NEWER'
  | 'RESTORE_NOT_EMPTY' | 'RESTORE_UNSOUND' | 'NOT_RESTORED' | 'NO_DATA' | 'NODE_RUNNING' | 'NODE_SILENT' | 'ORDER_UNKNOWN' | 'ARGUMENTS' | 'CONFIG_INVALID'

export class OperatorError extends Error {
  override readonly name = 'OperatorError'
  readonly code: OperatorCode

  constructor(code: OperatorCode, message: string, options?: { cause?: unknown }) {
    super(message, options)
    this.code = code
  }
}
