import { z } from 'zod'
import { defineAction } from './define.ts'
import { connection, did, email, id, instant, language, page, phone, text, timezone, url } from './shapes.ts'

export const Organization = z.object({
  id,
  name: z.string(),
  did,
  timezone: z.string(),
  language,
  /** Whether a system of its own confirms borrowers' data. */
  connected: z.boolean(),
  createdAt: instant,
})
export type Organization = z.output<typeof Organization>

const contact = { email: email.optional(), phone: phone.optional() }

export const createOrganization = defineAction({
  name: 'organization.createOrganization',
  kind: 'mutation',
  about: 'Creates an organization with a DID of its own and invites its first originator admin.',
  params: z.strictObject({
    name: text(80),
    timezone: timezone,
    language: language.default('en'),
    adminName: text(120),
    adminEmail: email,
  }),
  result: Organization,
  access: { users: { NODE_OPERATOR: 'any' } },
})

export const findById = defineAction({
  name: 'organization.findById',
  kind: 'query',
  about: 'An organization by its id.',
  params: z.strictObject({ id }),
  result: Organization,
  access: {
    users: { NODE_OPERATOR: 'any', ORIGINATOR_ADMIN: 'organization', ORIGINATOR_AGENT: 'organization', BORROWER: 'organization', INVESTOR: 'any' },
    services: ['identity', 'issuing', 'project', 'payment'],
  },
})

export const findByUser = defineAction({
  name: 'organization.findByUser',
  kind: 'query',
  about: 'The organizations in which a user has a part.',
  params: z.strictObject({ user: id }),
  result: z.array(Organization),
  access: { users: { NODE_OPERATOR: 'any', ORIGINATOR_ADMIN: 'own', ORIGINATOR_AGENT: 'own', INVESTOR: 'own', BORROWER: 'own' } },
})

export const list = defineAction({
  name: 'organization.list',
  kind: 'query',
  about: 'All organizations of the node.',
  params: z.strictObject({ ...page }),
  result: connection(Organization),
  access: { users: { NODE_OPERATOR: 'any' }, services: ['payment'] },
})

export const addMember = defineAction({
  name: 'organization.addMember',
  kind: 'mutation',
  about: 'Invites a person into the organization: a message with a link and a one-time code. An agent invites borrowers only.',
  params: z.strictObject({
    organization: id,
    type: z.enum(['ORIGINATOR_ADMIN', 'ORIGINATOR_AGENT', 'BORROWER']),
    name: text(120),
    language: language.optional(),
    ...contact,
  }),
  result: z.object({ user: id, membership: id, status: z.enum(['INVITED', 'ACTIVE', 'BLOCKED']) }),
  access: { users: { NODE_OPERATOR: 'any', ORIGINATOR_ADMIN: 'organization', ORIGINATOR_AGENT: 'organization' } },
})

export const setConnector = defineAction({
  name: 'organization.setConnector',
  kind: 'mutation',
  about: 'Connects the organization\'s own system, which confirms and signs borrowers\' data over HTTP; no url disconnects it.',
  params: z.strictObject({
    organization: id,
    url: url.optional(),
    /** The public key (JWK, P-256 or Ed25519) with which that system signs. */
    publicKey: z.strictObject({ kty: z.enum(['EC', 'OKP']), crv: z.enum(['P-256', 'Ed25519']), x: z.string().max(64), y: z.string().max(64).optional(), kid: z.string().max(128).optional(), alg: z.string().max(10).optional(), use: z.string().max(5).optional() }).optional(),
  }),
  result: Organization,
  access: { users: { NODE_OPERATOR: 'any', ORIGINATOR_ADMIN: 'organization' } },
})
