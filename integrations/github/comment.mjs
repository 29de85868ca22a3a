// Writes the file that $COMMENT names as a comment of the pull request $PULL_REQUEST, over the one of an earlier run.
import { readFile } from 'node:fs/promises'

const { GITHUB_API_URL, GITHUB_REPOSITORY, GITHUB_TOKEN, PULL_REQUEST, COMMENT, FILE } = process.env

const comments = `${GITHUB_API_URL}/repos/${GITHUB_REPOSITORY}/issues`
// Encoded, so that a name cannot end the comment of HTML.
const marker = `<!-- wid diff ${encodeURIComponent(FILE)} -->`
const pageSize = 100

async function call(method, url, content) {
  const response = await fetch(url, {
    method,
    headers: { accept: 'application/vnd.github+json', authorization: `Bearer ${GITHUB_TOKEN}` },
    ...(content && { body: JSON.stringify(content) }),
    signal: AbortSignal.timeout(30_000),
  })
  if (response.ok) return response.json()
  throw new Error(`GitHub answered ${response.status} to ${method} ${url}. The job needs "pull-requests: write".`)
}

/** A person could begin a comment with the marker, too: what a person has written stays. */
async function earlier() {
  for (let page = 1; ; page++) {
    const found = await call('GET', `${comments}/${PULL_REQUEST}/comments?per_page=${pageSize}&page=${page}`)
    const own = found.find(({ body, user }) => user?.type === 'Bot' && body.startsWith(marker))
    if (own || found.length < pageSize) return own
  }
}

const body = `${marker}\n${await readFile(COMMENT, 'utf8')}`
const own = await earlier()
if (own) await call('PATCH', `${comments}/comments/${own.id}`, { body })
else await call('POST', `${comments}/${PULL_REQUEST}/comments`, { body })
