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
  /** The scoring system, which is sent what borrowers permit of their profiles. */
  scoring?: Connector | null
  createdAt: string
}

export const organizations: CollectionDefinition<OrganizationDoc> = {
  name: 'organizations',
  personal: [],
  lookup: { nameKey: { unique: true }, did: { unique: true } },
}

export const nameKeyOf = (name: string): string => name.normalize('NFKD').replace(/\p{M}/gu, '').toLowerCase().replace(/[^\p{L}\p{N}]+/gu, '')

/** A complaint; its number is the id. What it says is gone (null) once the person was erased. */
export interface ComplaintDoc {
  id: string
  organization: string
  user: string
  loan: string | null
  text: string | null
  status: 'OPEN' | 'IN_PROGRESS' | 'ANSWERED' | 'CLOSED'
  answers: { text: string; at: string }[]
  at: string
  updatedAt: string
}

export const complaints: CollectionDefinition<ComplaintDoc> = {
  name: 'complaints',
  personal: ['text', 'answers'],
  lookup: { organization: {}, user: {}, status: {} },
}
