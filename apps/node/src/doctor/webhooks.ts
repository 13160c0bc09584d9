import { webhookLanes } from '@growr/identity'
import type { Parts } from '../parts.ts'

export interface FailingWebhook {
  readonly webhook: string
  readonly book: string
  readonly failures: number
  readonly since: string | null
  readonly why: string | null
}

/** Webhooks whose next delivery was tried in vain. */
export async function failingWebhooks({ groups }: Parts): Promise<FailingWebhook[]> {
  const collections = groups.find(({ name }) => name === 'identity')?.collections
  if (collections === undefined) return []
  const lanes = await collections.repository(webhookLanes)
  const found: FailingWebhook[] = []
  for (let after: string | undefined; ;) {
    const page = await lanes.find({ limit: 500, ...(after === undefined ? {} : { after }) })
    for (const { doc } of page) if (doc.failures > 0) found.push({ webhook: doc.webhook, book: doc.book, failures: doc.failures, since: doc.failingSince, why: doc.lastFailure })
    after = page.at(-1)?.id
    if (page.length < 500) return found
  }
}
