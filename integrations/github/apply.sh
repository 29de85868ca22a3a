#!/usr/bin/env bash
# Sends the requests of $FILE to $WID_API by the command wid, and writes what it prints into the summary of the job.
set -uo pipefail

mode=--yes
if [ "$PLAN_ONLY" = true ]; then mode=--plan-only; fi

printed=$(mktemp)
trap 'rm -f "$printed"' EXIT
status=0
NO_COLOR=1 wid apply "$mode" -f "$FILE" 2>&1 | tee "$printed" || status=$?

{
  echo "### wid apply $mode -f $FILE"
  echo
  # Indented lines are code, whatever is in them.
  sed 's/^/    /' "$printed"
} >>"$GITHUB_STEP_SUMMARY"
echo "exit-code=$status" >>"$GITHUB_OUTPUT"
exit "$status"
