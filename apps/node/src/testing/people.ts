import { join } from 'node:path'
import { readMailbox } from '@growr/messaging'
import type { Caller, Door, Session } from './door.ts'

// People register as in life: by invitation and by the code of the message that arrived.

export const PASSWORD = 'correct horse battery'
export const PIN = '4827'
export const OPERATOR = 'operator@localhost'

export interface Person extends Caller {
  readonly name: string
  readonly role: string
  /** E-mail or phone. */
  readonly address: string
  session: Session
  /** A borrower's. */
  did: string | null
}

export interface Organization {
  readonly id: string
  readonly name: string
  readonly did: string
  readonly admin: Person
  readonly second: Person
  readonly agent: Person
  readonly secondAgent: Person
  readonly borrowers: readonly Person[]
}

/** A node, wherever it runs: its door, its data, and how to wait until nothing in it is under way. */
export interface Host {
  readonly door: Door
  readonly data: string
  settle(): Promise<void>
}

const isPhone = (address: string): boolean => address.startsWith('+')
const contact = (address: string): { phone: string } | { email: string } => (isPhone(address) ? { phone: address } : { email: address })

/** Registers people at a node. */
export class People {
  readonly #host: Host
  readonly #door: Door
  #phones = 0

  constructor(host: Host) {
    this.#host = host
    this.#door = host.door
  }

  /** The newest code that was sent to an address. */
  async code(to: string): Promise<string> {
    await this.#host.settle()
    const found = (await readMailbox(join(this.#host.data, 'mailbox'), { to })).findLast((message) => message.code !== undefined)?.code
    if (found === undefined) throw new Error(`no code has arrived for ${to}`)
    return found
  }

  async #person(name: string, role: string, address: string, session: Session): Promise<Person> {
    const { did } = role === 'BORROWER' ? await this.#door.do<{ did: string | null }>({ session }, 'me') : { did: null }
    return { name, role, address, session, did }
  }

  async operator(): Promise<Person> {
    const session = await this.#door.do<Session>({}, 'registerOriginator', { email: OPERATOR, code: await this.code(OPERATOR), password: PASSWORD })
    return this.#person('olga', 'NODE_OPERATOR', OPERATOR, session)
  }

  async investor(name: string): Promise<Person> {
    const email = `${name}@fund.example`
    await this.#door.do({}, 'getOTP', { purpose: 'REGISTER_INVESTOR', email })
    return this.#person(name, 'INVESTOR', email, await this.#door.do<Session>({}, 'registerInvestor', { email, code: await this.code(email), password: PASSWORD, name }))
  }

  /** A number of a Honduran mobile network that nobody has here yet. */
  phone(): string {
    this.#phones += 1
    return `+5049900${String(this.#phones).padStart(4, '0')}`
  }

  /** Invites people of one role together and registers each with the code that arrives. */
  async members(by: Person, organization: string, role: 'ORIGINATOR_ADMIN' | 'ORIGINATOR_AGENT' | 'BORROWER', names: readonly string[]): Promise<Person[]> {
    const invited = names.map((name) => ({ name, address: role === 'ORIGINATOR_ADMIN' ? `${name}@${organization.toLowerCase()}.example` : this.phone() }))
    await Promise.all(invited.map(({ name, address }) => this.#door.do(by, 'addMember', { organization, type: role, name, ...contact(address) })))
    await this.#host.settle()
    const codes = new Map<string, string>()
    for (const { to, code } of await readMailbox(join(this.#host.data, 'mailbox'))) if (code !== undefined) codes.set(to, code)
    return Promise.all(invited.map(async ({ name, address }) => {
      const secret = role === 'ORIGINATOR_ADMIN' ? { password: PASSWORD } : { pin: PIN }
      const operation = role === 'BORROWER' ? 'registerBorrower' : 'registerOriginator'
      return this.#person(name, role, address, await this.#door.do<Session>({}, operation, { ...contact(address), code: codes.get(address), ...secret }))
    }))
  }

  /** An organization with its first admin, a second one, two agents and borrowers. */
  async organization(operator: Person, name: string, borrowers: readonly string[]): Promise<Organization> {
    const lower = name.toLowerCase()
    const adminEmail = `ana@${lower}.example`
    const { id, did } = await this.#door.do<{ id: string; did: string }>(operator, 'createOrganization', { name, timezone: 'America/Tegucigalpa', adminName: 'Ana', adminEmail })
    const session = await this.#door.do<Session>({}, 'registerOriginator', { email: adminEmail, code: await this.code(adminEmail), password: PASSWORD })
    const admin = await this.#person(`ana of ${name}`, 'ORIGINATOR_ADMIN', adminEmail, session)
    const [seconds, agents, people] = await Promise.all([
      this.members(admin, id, 'ORIGINATOR_ADMIN', [`alba-${lower}`]),
      this.members(admin, id, 'ORIGINATOR_AGENT', [`beto-${lower}`, `bruno-${lower}`]),
      this.members(admin, id, 'BORROWER', borrowers),
    ])
    return { id, name, did, admin, second: seconds[0]!, agent: agents[0]!, secondAgent: agents[1]!, borrowers: people }
  }

  async signIn(person: Person): Promise<Session> {
    return isPhone(person.address)
      ? this.#door.do<Session>({}, 'loginByPhone', { phone: person.address, pin: PIN, role: person.role })
      : this.#door.do<Session>({}, 'loginByEmail', { email: person.address, password: PASSWORD, role: person.role })
  }
}
