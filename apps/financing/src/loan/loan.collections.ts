import type { CodeRecord } from '@growr/auth'
import type { CollectionDefinition } from '@growr/collections'

/** Codes by which borrowers confirm a good or service: keyed hashes, never a code. */
export const serviceCodes: CollectionDefinition<CodeRecord> = { name: 'service-codes', personal: [], lookup: {}, expires: 'expiresAt' }
