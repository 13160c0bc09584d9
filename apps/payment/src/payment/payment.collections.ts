import type { CodeRecord } from '@growr/auth'
import type { CollectionDefinition } from '@growr/collections'

/** Codes of cash payments: keyed hashes, never a code. */
export const codes: CollectionDefinition<CodeRecord> = { name: 'payment-codes', personal: [], lookup: {}, expires: 'expiresAt' }

/** Which agent a pseudonym in an account stands for. */
export interface HolderDoc {
  id: string
  organization: string
  agent: string
}
export const holders: CollectionDefinition<HolderDoc> = { name: 'holders', personal: ['agent'], lookup: { organization: {} } }

/** The signed receipt of a payment, for the entry that is its cause. */
export interface ReceiptDoc {
  id: string
  seq: number
  receipt: { type: string; signer: string; jws: string }
}
export const receipts: CollectionDefinition<ReceiptDoc> = { name: 'receipts', personal: ['receipt'], lookup: {} }
