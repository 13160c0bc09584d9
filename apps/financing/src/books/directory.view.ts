import { defineView, type StoredEntry, type ViewDatabase } from '@growr/books'
import {
  addPositions, emptyPosition, fundingContribution, loanContribution, projectContribution, subtractPositions,
  type BusinessDayState, type FundingState, type LoanState, type ProjectPosition, type ProjectState,
} from '@growr/lending'
import { decodeJson, encodeJson } from '@growr/money'
import { presentLoan } from '../loan/loan.present.ts'

/**
 * What the group's services look up and list: each record's state, a loan as the API shows it, each project's position (a sum that
 * takes a record's old share out and its new one in), and the balance of each account.
 */
export const directory = defineView({
  name: 'directory',
  version: 1,
  kinds: ['project', 'loan', 'funding'],
  schema: `
    CREATE TABLE project (key TEXT PRIMARY KEY, organization TEXT NOT NULL, status TEXT NOT NULL, public INTEGER NOT NULL, seq INTEGER NOT NULL, state TEXT NOT NULL) WITHOUT ROWID;
    CREATE INDEX project_organization ON project (organization, key);
    CREATE TABLE loan (key TEXT PRIMARY KEY, organization TEXT NOT NULL, project TEXT NOT NULL, status TEXT NOT NULL, borrower TEXT, seq INTEGER NOT NULL, state TEXT NOT NULL, shown TEXT NOT NULL) WITHOUT ROWID;
    CREATE INDEX loan_project ON loan (project, key);
    CREATE INDEX loan_organization ON loan (organization, key);
    CREATE INDEX loan_borrower ON loan (borrower, key);
    CREATE INDEX loan_open ON loan (organization, status, key);
    CREATE TABLE funding (key TEXT PRIMARY KEY, organization TEXT NOT NULL, project TEXT NOT NULL, contract TEXT, seq INTEGER NOT NULL, state TEXT NOT NULL) WITHOUT ROWID;
    CREATE INDEX funding_project ON funding (project, key);
    CREATE TABLE position (project TEXT PRIMARY KEY, figures TEXT NOT NULL) WITHOUT ROWID;
    CREATE TABLE balance (account TEXT NOT NULL, currency TEXT NOT NULL, project TEXT NOT NULL, amount TEXT NOT NULL, PRIMARY KEY (account, currency)) WITHOUT ROWID;
    CREATE INDEX balance_project ON balance (project);
    CREATE TABLE day (organization TEXT PRIMARY KEY, closed TEXT NOT NULL, seq INTEGER NOT NULL) WITHOUT ROWID;`,
  apply(db, entry) {
    for (const posting of entry.postings) post(db, posting)
    if (entry.state === null) return
    if (entry.type === 'day.closed') return applyDay(db, entry, entry.state as unknown as BusinessDayState)
    if (entry.kind === 'project') applyProject(db, entry, entry.state as unknown as ProjectState)
    if (entry.kind === 'loan') applyLoan(db, entry, entry.state as unknown as LoanState)
    if (entry.kind === 'funding') applyFunding(db, entry, entry.state as unknown as FundingState)
  },
})

function applyDay(db: ViewDatabase, entry: StoredEntry, state: BusinessDayState): void {
  db.run('INSERT INTO day (organization, closed, seq) VALUES (?, ?, ?) ON CONFLICT (organization) DO UPDATE SET closed = excluded.closed, seq = excluded.seq', state.organizationId, state.closedThrough, entry.seq)
}

function applyProject(db: ViewDatabase, entry: StoredEntry, state: ProjectState): void {
  const before = stateAt<ProjectState>(db, 'project', entry.key)
  move(db, state.key, state.currency.code, before ? projectContribution(before) : null, projectContribution(state))
  db.run(
    `INSERT INTO project (key, organization, status, public, seq, state) VALUES (?, ?, ?, ?, ?, ?)
     ON CONFLICT (key) DO UPDATE SET status = excluded.status, public = excluded.public, seq = excluded.seq, state = excluded.state`,
    state.key, state.organizationId, state.status, state.isPublic ? 1 : 0, entry.seq, encodeJson(state),
  )
}

function applyLoan(db: ViewDatabase, entry: StoredEntry, state: LoanState): void {
  const before = stateAt<LoanState>(db, 'loan', entry.key)
  move(db, state.projectKey, state.currency.code, before ? loanContribution(before) : null, loanContribution(state))
  db.run(
    `INSERT INTO loan (key, organization, project, status, borrower, seq, state, shown) VALUES (?, ?, ?, ?, ?, ?, ?, ?)
     ON CONFLICT (key) DO UPDATE SET status = excluded.status, borrower = excluded.borrower, seq = excluded.seq, state = excluded.state, shown = excluded.shown`,
    state.key, state.organizationId, state.projectKey, state.status, state.subject?.userId ?? null, entry.seq, encodeJson(state), JSON.stringify(presentLoan(state, entry.seq)),
  )
}

function applyFunding(db: ViewDatabase, entry: StoredEntry, state: FundingState): void {
  const before = stateAt<FundingState>(db, 'funding', entry.key)
  move(db, state.projectKey, state.currency.code, before ? fundingContribution(before) : null, fundingContribution(state))
  db.run(
    `INSERT INTO funding (key, organization, project, contract, seq, state) VALUES (?, ?, ?, ?, ?, ?)
     ON CONFLICT (key) DO UPDATE SET seq = excluded.seq, state = excluded.state`,
    state.key, state.organizationId, state.projectKey, state.contractKey, entry.seq, encodeJson(state),
  )
}

function stateAt<S>(db: ViewDatabase, table: 'project' | 'loan' | 'funding', key: string): S | null {
  const row = db.get(`SELECT state FROM ${table} WHERE key = ?`, key)
  return row ? (decodeJson(String(row['state'])) as S) : null
}

function move(db: ViewDatabase, project: string, currency: string, before: ProjectPosition | null, after: ProjectPosition): void {
  const row = db.get('SELECT figures FROM position WHERE project = ?', project)
  const held = row ? (decodeJson(String(row['figures'])) as ProjectPosition) : emptyPosition(currency)
  const next = addPositions(before ? subtractPositions(held, before) : held, after)
  db.run('INSERT INTO position (project, figures) VALUES (?, ?) ON CONFLICT (project) DO UPDATE SET figures = excluded.figures', project, encodeJson(next))
}

function post(db: ViewDatabase, posting: StoredEntry['postings'][number]): void {
  const { account, currency } = posting
  const row = db.get('SELECT amount FROM balance WHERE account = ? AND currency = ?', account, currency)
  const amount = BigInt(row ? String(row['amount']) : '0') + BigInt(posting.amount)
  const project = account.slice(account.lastIndexOf('/') + 1)
  db.run('INSERT INTO balance (account, currency, project, amount) VALUES (?, ?, ?, ?) ON CONFLICT (account, currency) DO UPDATE SET amount = excluded.amount', account, currency, project, amount.toString())
}
