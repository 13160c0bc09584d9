import { createHash } from 'node:crypto'
import type { ActionContext, Implementation } from '@growr/bus'
import type { Collections, Repository, RequestRef } from '@growr/collections'
import { Refusal, webhook as contract, type Params, type Result } from '@growr/contracts'
import { action, every } from '@growr/service'
import type { Kit } from '../kit.ts'
import { isLocal } from './addresses.ts'
import { laneId } from './deliveries.ts'
import { endOf, feedPage, type Cursor } from './feed.ts'
import { newSecret } from './signature.ts'
import { erasures, lanes, webhooks, type ErasureDoc, type LaneDoc, type WebhookDoc } from './webhook.collections.ts'

/** Each is served by itself: an organization that wants more should distribute on its own side. */
export const MOST = 10

/** What the rest of the group has of this room. */
export interface Hooks {
  readonly webhooks: Repository<WebhookDoc>
  readonly lanes: Repository<LaneDoc>
  readonly erasures: Repository<ErasureDoc>
  /** There may be something to send of an organization, or of any. */
  readonly wake: (organization?: string) => void
  /** A webhook was added, removed or switched. */
  readonly changed: () => void
}

export async function openHooks(collections: Collections, woken: Pick<Hooks, 'wake' | 'changed'>): Promise<Hooks> {
  return { webhooks: await collections.repository(webhooks), lanes: await collections.repository(lanes), erasures: await collections.repository(erasures), ...woken }
}

/** https only; http for this machine, where the node lets webhooks go there at all. WEBHOOK_URL. */
function requireUrl(kit: Kit, address: string): void {
  const url = new URL(address)
  const plain = url.protocol === 'http:' && isLocal(url.hostname) && kit.config.webhookTargets !== 'public'
  if (url.username !== '' || url.password !== '' || (url.protocol !== 'https:' && !plain)) throw new Refusal('WEBHOOK_URL', { path: 'url' })
}

/** The actions of webhooks and feed: part of the Organization service. */
export function webhookActions(kit: Kit): Implementation[] {
  const { hooks } = kit

  /** NOT_FOUND also for one that was removed, unless that is what is asked. */
  const require = async (id: string, removedToo = false): Promise<WebhookDoc> => {
    const found = await hooks.webhooks.get(id)
    if (found === null || (found.doc.status === 'REMOVED' && !removedToo)) throw new Refusal('NOT_FOUND', { path: 'webhook' })
    return found.doc
  }
  const scope = async ({ webhook }: { webhook: string }): Promise<{ organization: string }> => ({ organization: (await require(webhook, true)).organization })

  const held = async (organization: string): Promise<WebhookDoc[]> => {
    const found: WebhookDoc[] = []
    for await (const doc of every(hooks.webhooks, { organization })) if (doc.status !== 'REMOVED') found.push(doc)
    return found
  }

  const show = async ({ id, organization, url, books, status, createdAt }: WebhookDoc): Promise<contract.Webhook> => {
    const found = await hooks.lanes.find({ where: { webhook: id } })
    const progress = found.map(({ doc: { book, after, failures, failingSince, nextAt, lastFailure } }) => ({ book, delivered: after, failures, failingSince, nextAt, lastFailure }))
    return { id, organization, url, books, status: status === 'ACTIVE' ? 'ACTIVE' : 'OFF', createdAt, progress }
  }

  const add = async (params: Params<typeof contract.addWebhook>, context: ActionContext): Promise<Result<typeof contract.addWebhook>> => {
    const { organization, url, books, from } = params
    requireUrl(kit, url)
    return kit.turns.run(`webhooks:${organization}`, async () => {
      const request = kit.requestRef(contract.addWebhook, params, context)
      const id = request === undefined ? kit.newId() : idFor(request)
      // A repetition finds what the first call left: the limit is not in its way.
      if ((await hooks.webhooks.get(id)) === null && (await held(organization)).length >= MOST) throw new Refusal('WEBHOOK_LIMIT', { details: { most: MOST } })
      // Where it begins comes first: a webhook is never without.
      for (const book of books) await begin(id, book, from === 'START' ? { after: 0, generation: 0 } : await endOf(kit, organization, book))
      const { doc } = await hooks.webhooks.insert({ id, organization, url, books, secret: newSecret(), status: 'ACTIVE', createdAt: kit.clock.now().toISOString() }, request && { request })
      hooks.changed()
      return { webhook: await show(doc), secret: doc.secret }
    })
  }

  const begin = async (webhook: string, book: contract.Followed, at: Required<Cursor>): Promise<void> => {
    const id = laneId(webhook, book)
    if ((await hooks.lanes.get(id)) === null) await hooks.lanes.insert({ id, webhook, book, ...at, failures: 0, failingSince: null, nextAt: null, lastFailure: null })
  }

  const remove = async (params: Params<typeof contract.removeWebhook>, context: ActionContext): Promise<{ ok: true }> => {
    const { books } = await require(params.webhook, true)
    const request = kit.requestRef(contract.removeWebhook, params, context)
    await hooks.webhooks.update(params.webhook, (doc) => ({ ...doc, status: 'REMOVED', secret: '' }), request && { request })
    for (const book of books) await hooks.lanes.remove(laneId(params.webhook, book))
    hooks.changed()
    return { ok: true }
  }

  const resume = async (params: Params<typeof contract.resumeWebhook>, context: ActionContext): Promise<contract.Webhook> => {
    const { books } = await require(params.webhook)
    const request = kit.requestRef(contract.resumeWebhook, params, context)
    for (const book of books) {
      await hooks.lanes.update(laneId(params.webhook, book), (lane) => (lane.failures === 0 ? null : { ...lane, failures: 0, failingSince: null, nextAt: null }))
    }
    const { doc } = await hooks.webhooks.update(params.webhook, (known) => ({ ...known, status: known.status === 'OFF' ? 'ACTIVE' : known.status }), request && { request })
    hooks.changed()
    return show(doc)
  }

  const ofOrganization = ({ organization }: { organization: string }): { organization: string } => ({ organization })
  return [
    action(contract.addWebhook, { scope: ofOrganization, handle: add }),
    action(contract.removeWebhook, { scope, handle: remove }),
    action(contract.resumeWebhook, { scope, handle: resume }),
    action(contract.findWebhooks, {
      scope: ofOrganization,
      handle: async ({ organization }) => Promise.all((await held(organization)).map(show)),
    }),
    action(contract.feed, { scope: ofOrganization, handle: ({ organization, book, limit, ...cursor }) => feedPage(kit, organization, book, cursor, limit) }),
  ]
}

/** An identifier out of a request, so that a repetition finds what it made. */
const idFor = ({ caller, requestId, paramsDigest }: RequestRef): string =>
  `W${BigInt(`0x${createHash('sha256').update(`${caller}\n${requestId}\n${paramsDigest}`).digest('hex')}`).toString(36).toUpperCase().slice(0, 25)}`
