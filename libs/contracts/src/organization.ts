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
  /** Whether a scoring system is connected. */
  scoring: z.boolean(),
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

const systemKey = z.strictObject({ kty: z.enum(['EC', 'OKP']), crv: z.enum(['P-256', 'Ed25519']), x: z.string().max(64), y: z.string().max(64).optional(), kid: z.string().max(128).optional(), 
  alg: z.string().max(10).optional(), use: z.string().max(5).optional() })

export const setConnector = defineAction({
  name: 'organization.setConnector',
  kind: 'mutation',
  about: 'Connects the organization\'s own system, which confirms and signs borrowers\' data over HTTP; no url disconnects it.',
  params: z.strictObject({
    organization: id,
    url: url.optional(),
    /** The public key (JWK, P-256 or Ed25519) with which that system signs. */
    publicKey: systemKey.optional(),
  }),
  result: Organization,
  access: { users: { NODE_OPERATOR: 'any', ORIGINATOR_ADMIN: 'organization' } },
})

export const setScoring = defineAction({
  name: 'organization.setScoring',
  kind: 'mutation',
  about: 'Connects the organization\'s scoring system, which is sent the parts of a profile that its owner permits and signs its answer; no url disconnects it.',
  params: z.strictObject({ organization: id, url: url.optional(), publicKey: systemKey.optional() }),
  result: Organization,
  access: { users: { NODE_OPERATOR: 'any', ORIGINATOR_ADMIN: 'organization' } },
})

/** At most what libs/service reads: 5 MB. */
const csv = z.string().min(1).max(5_242_880)

export const MemberImport = z.object({
  /** Whether every row is in: false for a dry run, and where there are more rows than one call takes: call again. */
  done: z.boolean(),
  /** Of the file; the real run takes it. */
  digest: z.string(),
  rows: z.number().int(),
  /** Members that the run adds (a dry run: would add), and rows that are members already. */
  added: z.number().int(),
  known: z.number().int(),
  /** Rows that cannot be taken, by line (the header is line 1), column and reason. */
  faults: z.array(z.object({ line: z.number().int(), column: z.string().nullable(), reason: z.string() })),
})
export type MemberImport = z.output<typeof MemberImport>

export const importMembers = defineAction({
  name: 'organization.importMembers',
  kind: 'mutation',
  about: 'Takes borrowers over from CSV (number, name, phone; language). A dry run reports each bad row and gives a digest, with which the real run adds them; twice adds nothing.',
  params: z.strictObject({
    organization: id,
    csv,
    dryRun: z.boolean().default(true),
    digest: z.string().max(64).optional(),
    /** How many rows the file must have. */
    controlTotals: z.strictObject({ count: z.number().int().min(0) }).optional(),
    /** Whether each is sent an invitation at once. */
    invite: z.boolean().default(true),
  }),
  result: MemberImport,
  access: { users: { NODE_OPERATOR: 'any', ORIGINATOR_ADMIN: 'organization' } },
})

export const complaintStatus = z.enum(['OPEN', 'IN_PROGRESS', 'ANSWERED', 'CLOSED'])
/** Eight digits, as a person can type them on a phone. */
const complaintNumber = z.string().regex(/^\d{8}$/, 'a complaint has eight digits')

export const Complaint = z.object({
  number: complaintNumber,
  organization: id,
  /** Who complains. */
  user: id,
  loan: id.nullable(),
  text: z.string().nullable(),
  status: complaintStatus,
  answers: z.array(z.object({ text: z.string(), at: instant })),
  at: instant,
  updatedAt: instant,
})
export type Complaint = z.output<typeof Complaint>

export const complain = defineAction({
  name: 'organization.complain',
  kind: 'mutation',
  about: 'A borrower complains to an organization of hers; she gets a number by SMS, and its admins are told.',
  params: z.strictObject({ organization: id.optional(), text: text(1000), loan: id.optional() }),
  result: Complaint,
  access: { users: { BORROWER: 'own' } },
})

export const findComplaints = defineAction({
  name: 'organization.findComplaints',
  kind: 'query',
  about: 'The complaints to an organization, or, for a borrower, her own.',
  params: z.strictObject({ organization: id.optional(), status: complaintStatus.optional(), ...page }),
  result: connection(Complaint),
  access: { users: { ORIGINATOR_ADMIN: 'organization', BORROWER: 'own' } },
})

export const complaint = defineAction({
  name: 'organization.complaint',
  kind: 'query',
  about: 'A complaint by its number, for who made it and the admins of the organization. Agents do not see it: it may be about one.',
  params: z.strictObject({ number: complaintNumber }),
  result: Complaint,
  access: { users: { ORIGINATOR_ADMIN: 'organization', BORROWER: 'own' } },
})

export const takeComplaint = defineAction({
  name: 'organization.takeComplaint',
  kind: 'mutation',
  about: 'An admin takes a complaint up; who complained is told. COMPLAINT_STATUS unless it is OPEN.',
  params: z.strictObject({ number: complaintNumber }),
  result: Complaint,
  access: { users: { ORIGINATOR_ADMIN: 'organization' } },
})

export const answerComplaint = defineAction({
  name: 'organization.answerComplaint',
  kind: 'mutation',
  about: 'An admin answers a complaint; the answer goes to who complained. COMPLAINT_STATUS once it is CLOSED.',
  params: z.strictObject({ number: complaintNumber, answer: text(1000) }),
  result: Complaint,
  access: { users: { ORIGINATOR_ADMIN: 'organization' } },
})

export const closeComplaint = defineAction({
  name: 'organization.closeComplaint',
  kind: 'mutation',
  about: 'Who complained says whether the answer settles it: CLOSED, or OPEN again and the admins are told. COMPLAINT_STATUS unless it is ANSWERED.',
  params: z.strictObject({ number: complaintNumber, settled: z.boolean() }),
  result: Complaint,
  access: { users: { BORROWER: 'own' } },
})
