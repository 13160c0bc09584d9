import type { CollectionDefinition } from '@growr/collections'

/** The originator's own system, which confirms and signs what it knows of a borrower. */
export interface Connector {
  url: string
  publicKey: { kty: 'EC'; crv: 'P-256'; x: string; y: string } | { kty: 'OKP'; crv: 'Ed25519'; x: string }
}

export interface OrganizationDoc {
  id: string
  name: string
  /** The name without case, accents and spaces: two that look alike are one. */
  nameKey: string
  did: string
  timezone: string
  language: 'en' | 'es'
  connector: Connector | null
  createdAt: string
}

export const organizations: CollectionDefinition<OrganizationDoc> = {
  name: 'organizations',
  personal: [],
  lookup: { nameKey: { unique: true }, did: { unique: true } },
}

export const nameKeyOf = (name: string): string => name.normalize('NFKD').replace(/\p{M}/gu, '').toLowerCase().replace(/[^\p{L}\p{N}]+/gu, '')
