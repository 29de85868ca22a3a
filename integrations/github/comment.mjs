// Writes the file that $COMMENT names as a comment of the pull request $PULL_REQUEST, over the one of an earlier run.
import { readFile } from 'node:fs/promises'
import { call, marker, planComment } from './github.mjs'

const { PULL_REQUEST, COMMENT } = process.env

const body = `${marker}\n${await readFile(COMMENT, 'utf8')}`
const own = await planComment(PULL_REQUEST)
if (own) await call('PATCH', `/issues/comments/${own.id}`, { body })
else await call('POST', `/issues/${PULL_REQUEST}/comments`, { body })
