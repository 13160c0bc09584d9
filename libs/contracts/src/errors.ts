/** What kind of failure a code is: decides the HTTP status and whether to try again. */
export type Kind = 'INVALID' | 'UNAUTHENTICATED' | 'FORBIDDEN' | 'NOT_FOUND' | 'CONFLICT' | 'REFUSED' | 'LIMIT' | 'UNAVAILABLE' | 'INTERNAL'

interface Entry {
  readonly kind: Kind
  /** One sentence for the person who meets it: what is wrong and what to do. */
  readonly advice: string
}

const e = (kind: Kind, advice: string): Entry => ({ kind, advice })

/** Every code that can leave the node. The catalogue in the docs is generated from here. */
export const catalogue = {
  // doors
  BAD_INPUT: e('INVALID', 'A field is missing or not of its form: see the path.'),
  QUERY_INVALID: e('INVALID', 'The GraphQL document does not parse or does not fit the schema.'),
  QUERY_TOO_DEEP: e('LIMIT', 'The query nests deeper than this node allows: ask for less at once.'),
  QUERY_TOO_COSTLY: e('LIMIT', 'The query asks for too much at once: use fewer fields or aliases, or smaller pages.'),
  REQUEST_TOO_LARGE: e('LIMIT', 'The request is larger than this node accepts.'),
  RATE_LIMITED: e('LIMIT', 'Too many requests: wait as long as retryAfter says.'),
  UNAUTHENTICATED: e('UNAUTHENTICATED', 'Sign in first: this needs an access token.'),
  TOKEN_INVALID: e('UNAUTHENTICATED', 'The access token is not one of this node: sign in again.'),
  TOKEN_EXPIRED: e('UNAUTHENTICATED', 'The access token has expired: refresh it or sign in again.'),
  SESSION_REVOKED: e('UNAUTHENTICATED', 'This session was ended: sign in again.'),
  FORBIDDEN: e('FORBIDDEN', 'Your role, or your organization, does not allow this.'),
  NOT_FOUND: e('NOT_FOUND', 'There is no such thing, or it is not yours to see.'),
  REQUEST_ID_REUSED: e('CONFLICT', 'This request id was used with other parameters: make a new one for a new request.'),
  STALE_STATE: e('CONFLICT', 'The record changed in the meantime: read it again and repeat.'),
  DUPLICATE: e('CONFLICT', 'There is already one with this value: see the path.'),
  TIMED_OUT: e('UNAVAILABLE', 'It took too long; what was acknowledged stands. Repeat with the same request id.'),
  UNAVAILABLE: e('UNAVAILABLE', 'A part of the node is not there at the moment: repeat later with the same request id.'),
  STORE_FAILED: e('UNAVAILABLE', 'The disk refused a write; nothing was acknowledged. The operator must look at the node.'),
  INTERNAL: e('INTERNAL', 'Something failed inside the node; the operator finds it in the log by the reference, which is called incident there.'),
  NOT_OFFERED: e('REFUSED', 'This node does not offer that network or provider: see the README for what is off and how to switch it on.'),
  CONFIG_INVALID: e('INVALID', 'The configuration has a key that is unknown, missing or wrong: see the path.'),
  CALL_TOKEN_INVALID: e('FORBIDDEN', 'The call carries no valid token of this node.'),
  // people
  CREDENTIALS_WRONG: e('UNAUTHENTICATED', 'The e-mail, phone, password or PIN is wrong.'),
  LOCKED: e('LIMIT', 'Too many wrong attempts: wait as long as retryAfter says.'),
  CODE_WRONG: e('REFUSED', 'The code is not the one in the message.'),
  CODE_EXPIRED: e('REFUSED', 'The code has expired: ask for a new one.'),
  CODE_SPENT: e('REFUSED', 'The code was used already: ask for a new one.'),
  PASSWORD_WEAK: e('INVALID', 'Choose a longer or less common password (10 characters or more).'),
  PIN_WEAK: e('INVALID', 'Choose a PIN that is neither a row nor a repetition.'),
  REFRESH_REUSED: e('UNAUTHENTICATED', 'This refresh token was used before: all sessions of its family were ended; sign in again.'),
  USER_BLOCKED: e('FORBIDDEN', 'This user or membership is blocked: ask the organization or the operator.'),
  ALREADY_REGISTERED: e('CONFLICT', 'This person is registered already: sign in instead.'),
  NOT_INVITED: e('REFUSED', 'Nobody has invited this e-mail or phone: ask the organization for an invitation.'),
  CONTACT_MISSING: e('INVALID', 'Give an e-mail or a phone number.'),
  CONTACT_INVALID: e('INVALID', 'The phone number or e-mail is not one that exists in its country or form.'),
  MEMBERSHIP_EXISTS: e('CONFLICT', 'This person has this part in the organization already.'),
  ORGANIZATION_EXISTS: e('CONFLICT', 'There is an organization of this name already.'),
  PERSON_ERASED: e('REFUSED', 'This person\'s data was erased: nothing personal can be shown or done.'),
  STILL_OWED: e('REFUSED', 'This person still has open loans or payments here: settle them before the erasure.'),
  PHONE_IN_USE: e('CONFLICT', 'This phone number belongs to another member.'),
  SCORING_NOT_CONFIGURED: e('REFUSED', 'The organization has no scoring system connected.'),
  COMPLAINT_STATUS: e('CONFLICT', 'The complaint\'s status does not allow this.'),
  WEBHOOK_LIMIT: e('REFUSED', 'The organization has as many webhooks as it may have: remove one first.'),
  CURSOR_AHEAD: e('CONFLICT', 'The cursor lies beyond the end of the book, since the node was restored from a back-up: go on from the end that the details give, and take what you hold after it for undone.'),
  WEBHOOK_URL: e('INVALID', 'The webhook address must be https, or http on the node\'s own machine.'),
  // credentials
  CREDENTIAL_MISSING: e('REFUSED', 'A credential that the project asks for is not in the record: request it first.'),
  CREDENTIAL_EXPIRED: e('REFUSED', 'A credential has expired: request a new one.'),
  CREDENTIAL_NOT_YET_VALID: e('REFUSED', 'A credential is not valid yet.'),
  CREDENTIAL_REVOKED: e('REFUSED', 'A credential was revoked by its issuer.'),
  CREDENTIAL_TAMPERED: e('REFUSED', 'A credential does not carry its issuer\'s signature.'),
  CREDENTIAL_MALFORMED: e('REFUSED', 'A credential is not of the form of its type.'),
  CREDENTIAL_SCHEMA: e('INVALID', 'The claims do not fit the schema of the credential type: see the path.'),
  ISSUER_UNTRUSTED: e('REFUSED', 'A credential comes from an issuer that the project does not trust.'),
  ISSUER_UNREACHABLE: e('UNAVAILABLE', 'The issuer of a credential cannot be reached now: try again later.'),
  NO_TRUSTED_ISSUER: e('REFUSED', 'The project trusts no issuer, so nothing can be proven to it.'),
  STATUS_UNKNOWN: e('REFUSED', 'Whether a credential was revoked cannot be found out now: try again later.'),
  CRITERIA_NOT_MET: e('REFUSED', 'A criterion of the project is not met: each is named in the details.'),
  CRITERIA_INVALID: e('INVALID', 'The eligibility criteria are not of their form: see the path.'),
  PRESENTATION_MALFORMED: e('REFUSED', 'The presentation is not a signed presentation of credentials.'),
  PRESENTATION_TAMPERED: e('REFUSED', 'The presentation does not carry its holder\'s signature.'),
  PRESENTATION_EXPIRED: e('REFUSED', 'The presentation has expired: present again.'),
  WRONG_VERIFIER: e('REFUSED', 'The presentation was made for another verifier.'),
  WRONG_CHALLENGE: e('REFUSED', 'The presentation does not answer this challenge, or the challenge was used already.'),
  HOLDER_MISMATCH: e('REFUSED', 'A credential belongs to somebody else than the one who presents it.'),
  PERMISSION_MISSING: e('REFUSED', 'The owner has not permitted this verifier to see the record.'),
  PERMISSION_WITHDRAWN: e('REFUSED', 'The owner has withdrawn the permission.'),
  CONNECTOR_NOT_CONFIGURED: e('REFUSED', 'The organization has no system connected that could confirm this.'),
  CONNECTOR_UNAVAILABLE: e('UNAVAILABLE', 'The organization\'s own system does not answer: try again later.'),
  CONNECTOR_REFUSED: e('REFUSED', 'The organization\'s own system does not confirm this.'),
  CONNECTOR_ANSWER: e('REFUSED', 'The answer of the organization\'s system does not fit the question: see the reason in the details.'),
  CONNECTOR_SIGNATURE: e('REFUSED', 'The answer of the organization\'s system does not carry its signature.'),
  // projects
  PROJECT_STATUS: e('CONFLICT', 'The project\'s status does not allow this.'),
  PROJECT_NOT_OPEN: e('REFUSED', 'The project takes no applications now.'),
  PROJECT_TERMS: e('INVALID', 'The project\'s terms do not fit together: see the path.'),
  PROJECT_AMOUNT_EXCEEDED: e('REFUSED', 'The project\'s loans would exceed its amount.'),
  PROJECT_NOT_SETTLED: e('REFUSED', 'Something in the project is still owed or under way: see the details.'),
  EXCHANGE_OPEN: e('REFUSED', 'The project still holds coins of another currency, or a difference that exchanges left: convert them and settle it first, as the details say.'),
  FUNDS_RESERVED: e('REFUSED', 'The project\'s money is promised to others at the moment: try again when a promise lapses.'),
  FUNDS_INSUFFICIENT: e('REFUSED', 'The project does not have this much money.'),
  FUNDING_SOURCE: e('REFUSED', 'The project has no active funding source of this kind.'),
  FUNDING_BELOW_MINIMUM: e('REFUSED', 'The amount is below the funding source\'s minimum.'),
  FUNDING_ABOVE_MAXIMUM: e('REFUSED', 'The amount is above the funding source\'s maximum.'),
  LEVERAGE_EXCEEDED: e('REFUSED', 'Senior capital would exceed the junior capital times the leverage factor.'),
  NOT_OWED: e('REFUSED', 'This is more than is owed.'),
  ALREADY_REVERTED: e('CONFLICT', 'This was reverted already.'),
  // loans
  LOAN_STATUS: e('CONFLICT', 'The loan\'s status does not allow this.'),
  OFFER_LAPSED: e('REFUSED', 'The offer has lapsed: apply again.'),
  AMOUNT_INVALID: e('INVALID', 'The amount has more digits than its currency holds, or is zero or negative.'),
  CURRENCY_UNKNOWN: e('INVALID', 'The currency is not known to this node.'),
  CURRENCY_MISMATCH: e('INVALID', 'The amount is in another currency than the project.'),
  VALUE_DATE: e('INVALID', 'The value date lies in the future, or before the loan.'),
  COOLING_OFF: e('REFUSED', 'The cooling-off time still runs: pay out after the day in the details, or when the borrower waives it.'),
  DEBT_CEILING: e('REFUSED', 'With this loan the borrower would owe more than the ceiling allows for the income that was shown.'),
  INCOME_UNKNOWN: e('REFUSED', 'No credential shows an income in this currency, which the ceiling on debt needs.'),
  SERVICE_STATUS: e('CONFLICT', 'The good or service is not at the step that this needs.'),
  KEY_FACTS_UNREAD: e('REFUSED', 'The key facts statement must be shown before the contract is signed: read it and sign with its digest.'),
  // imports
  CSV_INVALID: e('INVALID', 'The file is not CSV as the documentation says: see the line and the reason in the details.'),
  ROWS_INVALID: e('INVALID', 'Rows of the file are wrong; nothing was imported. Each is listed in the details by its line and reason.'),
  CONTROL_TOTALS: e('REFUSED', 'The control totals do not agree with the file: check both; nothing was imported.'),
  DRY_RUN_MISSING: e('REFUSED', 'Run the import as a dry run first, and give the digest of its report.'),
  // investors
  INTENT_STATUS: e('CONFLICT', 'The invitation\'s status does not allow this.'),
  INVITE_ONLY: e('REFUSED', 'This project is by invitation only.'),
  CONTRACT_CHANGED: e('CONFLICT', 'The contract is not the one that was read: read it again and sign that.'),
  // payments
  PAYMENT_STATUS: e('CONFLICT', 'The payment\'s status does not allow this.'),
  PAYMENT_AMOUNT: e('REFUSED', 'The amount is not the one that is due.'),
  CASH_INSUFFICIENT: e('REFUSED', 'The agent does not hold this much cash of the project.'),
  RAIL_MISMATCH: e('INVALID', 'This is not how payments on that rail are made, confirmed or taken back.'),
  SAME_PERSON: e('REFUSED', 'Nobody confirms what they registered themselves.'),
  APPROVAL_MISSING: e('REFUSED', 'A payout above the project\'s limit needs the approval of a second person first.'),
  REVERSAL_STATUS: e('CONFLICT', 'No reversal of this payment waits for confirmation, or one does already.'),
  ASSIGNED_ALREADY: e('CONFLICT', 'This receipt is assigned already: reverse the assignment first.'),
  STATEMENT_INVALID: e('INVALID', 'The statement is not of the provider\'s form: see the line and the reason in the details.'),
  PROVIDER_UNKNOWN: e('NOT_FOUND', 'There is no such provider on this node.'),
  PROVIDER_UNAVAILABLE: e('UNAVAILABLE', 'The provider does not answer: what it reported is kept and asked about again.'),
  COLLECTION_INVALID: e('REFUSED', 'This collection list is not one that this node signed, or it has expired.'),
  SENDING_OFF: e('UNAVAILABLE', 'The node was restored from a back-up and sends nothing until the operator has reconciled it.'),
  NOTHING_TO_RETURN: e('REFUSED', 'There is no overpayment to return.'),
  // networks
  ADDRESS_INVALID: e('INVALID', 'This is no address, invoice or offer of that network: check it for a missing or changed character.'),
  ADDRESS_FOREIGN: e('INVALID', 'The address or invoice belongs to another network or chain: ask for one of this.'),
  ADDRESS_MISSING: e('INVALID', 'Say where the money goes: an address, or on Lightning an invoice.'),
  DUST: e('INVALID', 'This is too little for the network to carry, or no whole satoshi.'),
  FEE_ABOVE_CEILING: e('REFUSED', 'The network asks for more than the ceiling on its fee allows: raise the ceiling, or try later.'),
  INVOICE_EXPIRED: e('REFUSED', 'The invoice has expired: ask for a new one.'),
  INVOICE_PAID: e('CONFLICT', 'The invoice is paid already.'),
  INVOICE_AMOUNT: e('INVALID', 'The invoice names another amount than is to be paid.'),
  NO_ROUTE: e('UNAVAILABLE', 'Nobody on Lightning carries this payment now: try later, with less, or over another network.'),
  NETWORK_DOWN: e('UNAVAILABLE', 'The network\'s node does not answer; nothing was sent. Try again later.'),
  NETWORK_SYNCING: e('UNAVAILABLE', 'The network\'s node is not up to date yet; nothing was sent. Try again later.'),
  NETWORK_REFUSED: e('REFUSED', 'The network\'s node refused the transaction: see the reason in the details.'),
  NETWORK_UNSUPPORTED: e('REFUSED', 'This network, or the node behind it, cannot do that.'),
  KEY_INVALID: e('INVALID', 'This is no public key that can be used: give three different ones, each as 66 hexadecimal digits or as the key expression that the wallet shows.'),
  PSBT_INVALID: e('INVALID', 'The PSBT cannot be read, or lacks a right signature: sign with the wallet that holds the key, the whole transaction.'),
  PSBT_OTHER: e('CONFLICT', 'This is another transaction than the one asked for last: sign that, or ask anew.'),
  RATE_UNKNOWN: e('REFUSED', 'This node has no rate between these currencies: the operator sets one (GROWR_RATES).'),
} as const satisfies Record<string, Entry>

export type Code = keyof typeof catalogue

export interface RefusalOptions {
  /** The field or check that it is about, such as `amount` or `checks.KYC`. */
  readonly path?: string
  /** What a person needs to act: never personal data, never a claim. */
  readonly details?: Readonly<Record<string, unknown>>
  readonly cause?: unknown
}

/** A failure as a value: a code of the catalogue, the field, and what to do. */
export class Refusal extends Error {
  readonly code: Code
  readonly kind: Kind
  readonly path: string | undefined
  readonly details: Readonly<Record<string, unknown>> | undefined

  constructor(code: Code, options: RefusalOptions = {}) {
    super(catalogue[code].advice, options.cause === undefined ? undefined : { cause: options.cause })
    this.name = 'Refusal'
    this.code = code
    this.kind = catalogue[code].kind
    this.path = options.path
    this.details = options.details
  }

  /** The form in which it crosses the bus and leaves the node. */
  toJSON(): { code: Code; message: string; path?: string; details?: Readonly<Record<string, unknown>> } {
    return { code: this.code, message: this.message, ...(this.path === undefined ? {} : { path: this.path }), ...(this.details === undefined ? {} : { details: this.details }) }
  }
}

export const isCode = (value: unknown): value is Code => typeof value === 'string' && Object.hasOwn(catalogue, value)
