/** Where moto does not do what AWS documents: the case of the language in which it shows, and the reason. Each must still show. */
export const knownDifferencesOfMoto: Readonly<Record<string, string>> = {
  'States.ALL does not catch States.DataLimitExceeded': 'States.ALL matches every error (error_equals_decl.py)',
  'States.ALL does not catch States.Runtime': 'States.ALL matches every error (error_equals_decl.py)',
  'expressions of a state see the variables from before it': 'Assign comes before Output (execute_state.py)',
}
