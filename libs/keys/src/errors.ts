/** Stable codes of what can go wrong with keys. */
export type KeysErrorCode =
  | 'WRONG_PASSPHRASE'
  | 'PASSPHRASE_REQUIRED'
  | 'PASSPHRASE_TOO_SHORT'
  | 'PASSPHRASE_EXPOSED'
  | 'PASSPHRASE_IN_DATA'
  | 'CUSTODY_DAMAGED'
  | 'CUSTODY_MISSING'
  | 'CUSTODY_EXISTS'
  | 'CUSTODY_CHANGED'
  | 'CUSTODY_CLOSED'
  | 'CUSTODY_OF_OTHER_GROUP'
  | 'CUSTODY_NEWER'
  | 'CUSTODY_FULL'
  | 'PURPOSE_NOT_HELD'
  | 'KEY_NOT_FOUND'
  | 'KEY_EXISTS'
  | 'KEY_RETIRED'
  | 'KEY_FIXED'
  | 'INVALID_KEY_REQUEST'
  | 'SEAL_BROKEN'
  | 'BACKUP_DAMAGED'

/** A refusal of this library. The message says what to do and never holds a secret. */
export class KeysError extends Error {
  override readonly name = 'KeysError'
  readonly code: KeysErrorCode

  constructor(code: KeysErrorCode, message: string, options?: { cause?: unknown }) {
    super(message, options)
    this.code = code
  }
}
