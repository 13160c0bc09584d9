/**
 * Every reason for which this library refuses something. A code is stable: callers branch on it, people look it up.
 */
export const CREDENTIAL_CODES = [
  // JSON Web Signatures
  'JWS_MALFORMED', 'JWS_TOO_LARGE', 'ALGORITHM_REFUSED', 'SIGNATURE_INVALID', 'SIGNER_INVALID',
  // DIDs
  'DID_MALFORMED', 'DID_TOO_LARGE', 'DID_METHOD_UNSUPPORTED', 'DID_PRIVATE_KEY', 'DID_KEY_UNSUPPORTED', 'DID_KEY_NOT_FOUND',
  'DID_DOCUMENT_INVALID', 'DID_UNRESOLVED', 'DID_REMOTE_REFUSED',
  // fetching
  'FETCH_URL_REFUSED', 'FETCH_FAILED', 'FETCH_TOO_LARGE',
  // presentations
  'PRESENTATION_MALFORMED', 'PRESENTATION_TAMPERED', 'PRESENTATION_EXPIRED', 'PRESENTATION_NOT_YET_VALID', 'PRESENTATION_LIFETIME',
  'WRONG_VERIFIER', 'WRONG_CHALLENGE',
  // credentials
  'CREDENTIAL_MALFORMED', 'CREDENTIAL_DUPLICATE', 'CREDENTIAL_TAMPERED', 'HOLDER_MISMATCH', 'ISSUER_UNTRUSTED', 'NO_TRUSTED_ISSUER',
  'CREDENTIAL_EXPIRED', 'CREDENTIAL_NOT_YET_VALID', 'CREDENTIAL_REVOKED', 'CREDENTIAL_MISSING', 'CREDENTIAL_SCHEMA',
  'CREDENTIAL_TYPE_UNKNOWN',
  // status lists
  'STATUS_UNKNOWN', 'STATUS_LIST_MALFORMED', 'STATUS_LIST_TAMPERED', 'STATUS_LIST_WRONG_ISSUER', 'STATUS_LIST_WRONG_PURPOSE',
  'STATUS_LIST_TOO_LARGE', 'STATUS_LIST_EXPIRED', 'STATUS_LIST_FULL', 'STATUS_INDEX_OUT_OF_RANGE',
  // criteria
  'CRITERIA_INVALID', 'CRITERIA_NOT_MET', 'NOT_CHECKED', 'DEBT_CEILING', 'INCOME_UNKNOWN',
  // typed documents
  'DOCUMENT_MALFORMED', 'DOCUMENT_WRONG_TYPE', 'DOCUMENT_TAMPERED', 'DOCUMENT_WRONG_SIGNER', 'DOCUMENT_EXPIRED', 'DOCUMENT_NOT_YET_VALID',
  // connector statements
  'CONNECTOR_MALFORMED', 'CONNECTOR_SIGNATURE', 'CONNECTOR_EXPIRED', 'CONNECTOR_LIFETIME', 'CONNECTOR_WRONG_ISSUER',
  'CONNECTOR_WRONG_SUBJECT', 'CONNECTOR_WRONG_AUDIENCE', 'CONNECTOR_WRONG_NONCE', 'CONNECTOR_WRONG_TYPE', 'CONNECTOR_CLAIMS',
] as const

export type CredentialCode = (typeof CREDENTIAL_CODES)[number]

/**
 * A refusal of this library. The message is for people and holds no claim, key or token; the code is for programs;
 * the path, where there is one, names the place in the input (`rules.all.0.operator`, `claims.level`).
 */
export class CredentialError extends Error {
  readonly code: CredentialCode
  readonly path: string | undefined

  constructor(code: CredentialCode, message: string, path?: string, options?: ErrorOptions) {
    super(message, options)
    this.name = 'CredentialError'
    this.code = code
    this.path = path
  }
}

/** Throws a CredentialError: lets a parser read as a list of conditions. */
export function refuse(code: CredentialCode, message: string, path?: string): never {
  throw new CredentialError(code, message, path)
}

/** The code of a failure, or the given one where the failure is not ours. */
export function codeOf(error: unknown, otherwise: CredentialCode): CredentialCode {
  return error instanceof CredentialError ? error.code : otherwise
}
