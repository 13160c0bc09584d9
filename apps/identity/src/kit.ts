import type { Bus } from '@growr/bus'
import type { Lockout, OneTimeCodes, Passwords, Pins, Sessions, SessionRegistry } from '@growr/auth'
import type { Repository } from '@growr/collections'
import type { DidResolver, StatusListReader } from '@growr/credentials'
import type { KeyTable, PublicJwk } from '@growr/keys'
import type { Clock, Logger } from '@growr/runtime'
import type { OutgoingMessage } from './common/messages.ts'
import type { NodeDids } from './common/dids.ts'
import type { ErasureLog, Outbox, RequestRefs, Turns } from '@growr/service'
import type { AskedDoc, CursorDoc, HistoryDoc, PermissionDoc, SealedCredentialDoc, WalletDoc } from './identity/identity.collections.ts'
import type { IssuedDoc, StatusListDoc } from './issuing/issuing.collections.ts'
import type { StatusLists } from './issuing/status-lists.ts'
import type { ComplaintDoc, OrganizationDoc } from './organization/organization.collections.ts'
import type { UssdConfig } from './ussd/config.ts'
import type { SessionDoc } from './ussd/ussd.collections.ts'
import type { NoticeDoc, PhoneChangeDoc, ProfileDoc, UserDoc } from './user/user.collections.ts'
import type { ChallengeDoc } from './verification/verification.collections.ts'
import type { Targets } from './webhook/addresses.ts'
import type { Hooks } from './webhook/webhook.service.ts'

export interface IdentityConfig {
  /** The first operator's e-mail. */
  readonly operatorEmail: string
  /** Where the outside reaches the node, such as https://growr.example; without it there are no did:web. */
  readonly publicUrl?: string | undefined
  /** ISO 3166-1 alpha-2: the country of phone numbers that are given without their code. */
  readonly country?: string | undefined
  /** Lets connectors be called over plain http to any host: for tests and closed networks only. */
  readonly allowInsecureConnectors: boolean
  /** Milliseconds that an originator's own system has to answer. */
  readonly connectorTimeoutMs: number
  /** Where webhooks may go. */
  readonly webhookTargets: Targets
  /** Milliseconds that the receiver of a webhook has to answer. */
  readonly webhookTimeoutMs: number
  /** The `iss` of access tokens. */
  readonly tokenIssuer: string
  /** The menus for feature phones; as they are by default if not given. */
  readonly ussd?: UssdConfig | undefined
  /** Nothing that only a laptop needs is open. */
  readonly production?: boolean | undefined
}

/** What the five services of this group share. */
export interface Kit {
  readonly config: IdentityConfig
  readonly bus: Bus
  readonly log: Logger
  /** Business time: validity of credentials. A journey moves it. */
  readonly clock: Clock
  /** Real time: codes, challenges, connectors. */
  readonly real: Clock
  readonly newId: () => string
  readonly requestRef: RequestRefs
  readonly outbox: Outbox
  readonly deliver: (message: OutgoingMessage) => Promise<void>
  readonly turns: Turns
  readonly dids: NodeDids
  readonly resolver: DidResolver
  readonly statusReader: StatusListReader
  readonly statusLists: StatusLists
  readonly wallets: KeyTable
  readonly passwords: Passwords
  readonly pins: Pins
  /** Codes that answer a request (minutes) and codes of invitations (days); a code of either kind is used the same way. */
  readonly codes: OneTimeCodes
  readonly invitationCodes: OneTimeCodes
  /** Codes that staff tell a person face to face. */
  readonly vouchCodes: OneTimeCodes
  /** A keyed hash of texts: equal texts have equal hashes, and without the key nobody finds the text by trying. */
  readonly mac: (parts: readonly string[]) => string
  readonly rotateAccessKey: () => Promise<void>
  /** Who was erased, in a file that no back-up brings back. */
  readonly erasureLog: Pick<ErasureLog, 'erased' | 'add'>
  readonly lockout: Lockout
  readonly sessions: Sessions
  readonly registry: SessionRegistry
  /** The public keys that verify access tokens, the present one and earlier ones. */
  readonly accessKeys: () => PublicJwk[]
  readonly users: Repository<UserDoc>
  readonly phoneChanges: Repository<PhoneChangeDoc>
  readonly profiles: Repository<ProfileDoc>
  readonly complaints: Repository<ComplaintDoc>
  readonly notices: Repository<NoticeDoc>
  readonly phoneSessions: Repository<SessionDoc>
  readonly organizations: Repository<OrganizationDoc>
  readonly walletRecords: Repository<WalletDoc>
  readonly credentials: Repository<SealedCredentialDoc>
  readonly permissions: Repository<PermissionDoc>
  readonly asked: Repository<AskedDoc>
  readonly histories: Repository<HistoryDoc>
  readonly cursors: Repository<CursorDoc>
  readonly issued: Repository<IssuedDoc>
  readonly statusListRecords: Repository<StatusListDoc>
  readonly challenges: Repository<ChallengeDoc>
  readonly hooks: Hooks
  /** False while the node is not to send anything, as after a restore. */
  readonly sending: () => boolean
}
