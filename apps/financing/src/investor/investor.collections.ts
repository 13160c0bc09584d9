import type { CollectionDefinition, Json } from '@growr/collections'
import { amountOf, type Amount } from '@growr/money'

/** An investor's way into a project: from the request or the invitation to the signed contract. */
export interface IntentDoc {
  id: string
  project: string
  organization: string
  investor: string
  status: 'REQUESTED' | 'INVITED' | 'CONFIRMED' | 'SIGNED' | 'REJECTED'
  source: string | null
  /** Minor units as digits, in the project's currency. */
  amount: string | null
  walletAddress: string | null
  createdAt: string
}

/** What an intent commits, nothing until it does. */
export const amountOfIntent = ({ amount }: Pick<IntentDoc, 'amount'>, currency: string): Amount => amountOf(BigInt(amount ?? '0'), currency)

export const intents: CollectionDefinition<IntentDoc> = {
  name: 'intents',
  personal: ['investor', 'walletAddress'],
  lookup: { project: {}, organization: {}, investor: { blind: true }, status: {} },
}

/** A contract as it was read and signed: of a loan (id = its key) or of an investor (id = the intent's). */
export interface ContractDoc {
  id: string
  kind: 'LOAN' | 'INVESTOR'
  digest: string
  document: { [key: string]: Json }
  signatures: { type: string; signer: string; jws: string }[]
}

export const contracts: CollectionDefinition<ContractDoc> = { name: 'contracts', personal: ['document', 'signatures'], lookup: {} }

/** A receipt that the organization signed for a transfer of capital (id = the Funding entry's key). */
export interface ReceiptDoc {
  id: string
  receipt: { type: string; signer: string; jws: string }
}

export const receipts: CollectionDefinition<ReceiptDoc> = { name: 'receipts', personal: ['receipt'], lookup: {} }
