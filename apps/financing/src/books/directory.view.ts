import { defineView, type StoredEntry, type ViewDatabase } from '@growr/books'
import {
  addPositions, concernsDaysFrom, emptyPosition, fundingContribution, loanContribution, projectContribution, subtractPositions,
  type BusinessDayState, type FundingState, type LoanState, type ProjectPosition, type ProjectState,
} from '@growr/lending'
import { decodeJson, encodeJson } from '@growr/money'
import { BALANCES, post } from '@growr/service'
import { packLoan } from '../loan/loan.packed.ts'
import { presentLoan } from '../loan/loan.present.ts'
import { putShown, SHOWN } from './shown.ts'
import { PACKING, packState, unpackState } from './state.packed.ts'
import { dueOf, TALLY, tally } from './tally.ts'

/**
 * What the group's services look up and list: each record's state, a loan as the API shows it (so a change of `presentLoan` is a new
 * version), each project's position (a sum that takes a record's old share out and its new one in), and the balance of each account.
 * Rows that hold a whole record have a rowid: the tree of keys stays small, and a record is found by few steps. The state of a loan is
 * packed, and who has which loans stands in the index alone: of a million loans what is looked up should stay in memory.
 */
export const directory = defineView({
  name: 'directory',
  version: 7,
  kinds: ['project', 'loan', 'funding'],
  schema: `${PACKING}
    CREATE TABLE project (key TEXT PRIMARY KEY, organization TEXT NOT NULL, status TEXT NOT NULL, public INTEGER NOT NULL, settling INTEGER NOT NULL, seq INTEGER NOT NULL, state TEXT NOT NULL);
    CREATE INDEX project_organization ON project (organization, status, key);
    CREATE INDEX project_public ON project (key) WHERE public = 1 AND status = 'ACTIVATED';
    CREATE INDEX project_settling ON project (key) WHERE settling = 1;
    CREATE TABLE address (address TEXT NOT NULL, project TEXT NOT NULL, PRIMARY KEY (address, project)) WITHOUT ROWID;
    CREATE TABLE loan (key TEXT PRIMARY KEY, organization TEXT NOT NULL, project TEXT NOT NULL, status TEXT NOT NULL, borrower TEXT, days TEXT, due TEXT, currency TEXT NOT NULL, seq INTEGER NOT NULL, state BLOB NOT NULL);
    CREATE TABLE taken (organization TEXT NOT NULL, number TEXT NOT NULL, loan TEXT NOT NULL, PRIMARY KEY (organization, number)) WITHOUT ROWID;
    ${SHOWN}
    CREATE INDEX loan_project ON loan (project, key);
    CREATE INDEX loan_organization ON loan (organization, key);
    CREATE INDEX loan_project_status ON loan (project, status, key);
    CREATE INDEX loan_organization_status ON loan (organization, status, key);
    CREATE INDEX loan_borrower ON loan (borrower, key, organization, project) WHERE borrower IS NOT NULL;
    CREATE INDEX loan_days ON loan (organization, days) WHERE days IS NOT NULL;
    CREATE INDEX loan_due ON loan (organization, due, key, project) WHERE due IS NOT NULL;
    ${TALLY}
    CREATE TABLE funding (key TEXT PRIMARY KEY, organization TEXT NOT NULL, project TEXT NOT NULL, contract TEXT, investor TEXT, seq INTEGER NOT NULL, state TEXT NOT NULL);
    CREATE INDEX funding_project ON funding (project, key);
    CREATE TABLE position (project TEXT PRIMARY KEY, figures TEXT NOT NULL) WITHOUT ROWID;
    CREATE TABLE day (organization TEXT PRIMARY KEY, closed TEXT NOT NULL, seq INTEGER NOT NULL) WITHOUT ROWID;
    ${BALANCES}`,
  apply(db, entry) {
    post(db, entry)
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
  const settling = state.distribution !== null && state.status !== 'CLOSED'
  db.run(
    `INSERT INTO project (key, organization, status, public, settling, seq, state) VALUES (?, ?, ?, ?, ?, ?, ?)
     ON CONFLICT (key) DO UPDATE SET status = excluded.status, public = excluded.public, settling = excluded.settling, seq = excluded.seq, state = excluded.state`,
    state.key, state.organizationId, state.status, state.isPublic ? 1 : 0, settling ? 1 : 0, entry.seq, encodeJson(state),
  )
  for (const { fundingAddress, repaymentAddress } of state.funding) {
    for (const address of [fundingAddress, repaymentAddress]) if (address !== null) db.run('INSERT OR IGNORE INTO address (address, project) VALUES (?, ?)', address, state.key)
  }
}

function applyLoan(db: ViewDatabase, entry: StoredEntry, state: LoanState): void {
  const row = db.get('SELECT state FROM loan WHERE key = ?', entry.key)
  const before = row ? unpackState(row['state']) : null
  move(db, state.projectKey, state.currency.code, before ? loanContribution(before) : null, loanContribution(state))
  db.run(
    `INSERT INTO loan (key, organization, project, status, borrower, days, due, currency, seq, state) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
     ON CONFLICT (key) DO UPDATE SET status = excluded.status, borrower = excluded.borrower, days = excluded.days, due = excluded.due, seq = excluded.seq, state = excluded.state`,
    state.key, state.organizationId, state.projectKey, state.status, state.subject?.userId ?? null, concernsDaysFrom(state), dueOf(state).due || null, state.currency.code, entry.seq, packState(state),
  )
  tally(db, before, state)
  if (state.origin) db.run('INSERT OR IGNORE INTO taken (organization, number, loan) VALUES (?, ?, ?)', state.organizationId, state.origin.number, state.key)
  putShown(db, state.key, packLoan(presentLoan(state, entry.seq)))
}

function applyFunding(db: ViewDatabase, entry: StoredEntry, state: FundingState): void {
  const before = stateAt<FundingState>(db, 'funding', entry.key)
  move(db, state.projectKey, state.currency.code, before ? fundingContribution(before) : null, fundingContribution(state))
  db.run(
    `INSERT INTO funding (key, organization, project, contract, investor, seq, state) VALUES (?, ?, ?, ?, ?, ?, ?)
     ON CONFLICT (key) DO UPDATE SET investor = excluded.investor, seq = excluded.seq, state = excluded.state`,
    state.key, state.organizationId, state.projectKey, state.contractKey, state.subject?.investorId ?? null, entry.seq, encodeJson(state),
  )
}

function stateAt<S>(db: ViewDatabase, table: 'project' | 'funding', key: string): S | null {
  const row = db.get(`SELECT state FROM ${table} WHERE key = ?`, key)
  return row ? (decodeJson(String(row['state'])) as S) : null
}

function move(db: ViewDatabase, project: string, currency: string, before: ProjectPosition | null, after: ProjectPosition): void {
  const row = db.get('SELECT figures FROM position WHERE project = ?', project)
  const held = row ? (decodeJson(String(row['figures'])) as ProjectPosition) : emptyPosition(currency)
  const next = addPositions(before ? subtractPositions(held, before) : held, after)
  db.run('INSERT INTO position (project, figures) VALUES (?, ?) ON CONFLICT (project) DO UPDATE SET figures = excluded.figures', project, encodeJson(next))
}
