import { createHash } from 'node:crypto'
import { deflateRawSync, inflateRawSync } from 'node:zlib'
import type { LoanState } from '@growr/lending'
import { decodeJson, encodeJson } from '@growr/money'

// The state of a loan as the directory keeps it. Its JSON is nearly as long as a page of the file, so that a million loans would be more
// than a machine's memory holds of it; most of that are names, and they are the same in every loan.

/** What nearly every state is made of; what comes last is found best. */
const DICTIONARY = Buffer.from([
  '"cancelled":{"reason":"on":"2027-2026-"status":"REPAID""status":"DEFAULTED""status":"SIGNED""status":"APPLIED""status":"CANCELLED""type":"harvest""type":"adhoc""schedule":"AD_HOC""schedule":"DECLINING_EQUAL_PRINCIPAL"',
  '{"key":"01"projectKey":"01"organizationId":""status":"DISBURSED","type":"inputs","currency":{"code":"HNL","exponent":2},"verifierDid":null,"requestedAmount":{"amount":"',
  '","currency":"HNL"},"requestedMonths":6,"contractAmount":{"amount":"00000","currency":"HNL"},"months":6,"terms":{"schedule":"FLAT","interestRate":"18.00","disbursementFee":"2","cashBackRate":"1",',
  '"gracePeriod":0,"isCommunity":true,"riskDepositRate":"5","defaultAfterDays":90,"offerDays":14,"coolingOffDays":0,"approvalAbove":null,"debtCeiling":null},"interestAmount":{"amount":"00000","currency":"HNL"},',
  '"commitmentAmount":{"amount":"","currency":"HNL"},"fee":{"amount":"0","currency":"HNL"},"deposit":{"amount":"0","currency":"HNL"},"payout":{"amount":"0","currency":"HNL"},"applicationDate":"2026-',
  '"offerUntil":null,"signedOn":null,"contractDigest":null,"disbursementKey":null,"startDate":"2026-","endDate":"2026-","schedule":[],"accrued":null,"payments":[],"repaidAmount":{"amount":"0","currency":"HNL"},',
  '"repaidOn":null,"overpaid":{"amount":"0","currency":"HNL"},"overpaymentRefunded":{"amount":"0","currency":"HNL"},"cashBack":{"amount":"0","currency":"HNL"},"refusals":[],"cancelled":null,',
  '"origin":{"kind":"IMPORTED","number":"","on":"2026-"rows":[{"dueDate":"2026-","principal":{"amount":"","currency":"HNL"},"interest":{"amount":"","currency":"HNL"}},{"dueDate":"2026-"}]},',
  '"subject":{"userId":"","userDid":"did:jwk:"}}"schedule":[{"number":1,"dueDate":"2026-","principal":{"amount":"0000","currency":"HNL"},"interest":{"amount":"000","currency":"HNL"},',
  '"paidPrincipal":{"amount":"0","currency":"HNL"},"paidInterest":{"amount":"0","currency":"HNL"},"settledOn":null,"overdueOn":null},{"number":2,"dueDate":"2026-',
].join(''))

const SETTINGS = { level: 3, memLevel: 5, windowBits: 13, dictionary: DICTIONARY } as const
/** Stands in the schema of the directory: packed by another dictionary a state is read as another, so that a change of it builds the view anew. */
export const PACKING = `-- states packed by ${createHash('sha256').update(DICTIONARY).digest('hex').slice(0, 16)}`
/** As much as `decodeJson` takes. */
const MAXIMUM_BYTES = 16 * 1024 * 1024

/** The same bytes for the same state. */
export const packState = (state: LoanState): Uint8Array => deflateRawSync(encodeJson(state), SETTINGS)

/** The state again. Throws what zlib or `decodeJson` throws where it can no longer be read. */
export const unpackState = (packed: unknown): LoanState =>
  decodeJson(inflateRawSync(packed as Uint8Array, { windowBits: SETTINGS.windowBits, dictionary: DICTIONARY, maxOutputLength: MAXIMUM_BYTES }).toString()) as LoanState
