import { openIdentityKeep, users } from '@growr/identity'
import { emptyEvidence, type Evidence } from '../evidence.ts'

const PAGE = 500
const UNNAMED = 'Operator'

/** What the node itself knows of people, those included whom no step named. */
export async function recordedPeople(data: string, passphrase: string): Promise<Evidence> {
  const evidence = emptyEvidence()
  const keep = await openIdentityKeep({ dataDir: data, passphrase })
  try {
    const records = await keep.collections.repository(users)
    for (let after: string | undefined; ;) {
      const page = await records.find({ limit: PAGE, ...(after === undefined ? {} : { after }) })
      for (const { doc } of page) {
        evidence.userIds.add(doc.id)
        if (doc.did !== undefined) evidence.dids.add(doc.did)
        if (doc.phone !== undefined) evidence.phones.add(doc.phone)
        if (doc.email !== undefined) evidence.emails.add(doc.email)
        // The first operator is called by what operators are until they say their name: a word that terms and logs use, too.
        const names = [doc.name, ...doc.memberships.map(({ invitedAs }) => invitedAs)].filter((name) => name !== UNNAMED)
        for (const name of names) if (name) evidence.names.add(name)
      }
      after = page.at(-1)?.id
      if (page.length < PAGE) return evidence
    }
  } finally {
    await keep.close()
  }
}
