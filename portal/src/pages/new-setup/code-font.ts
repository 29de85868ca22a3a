/** For text with aligned columns. */
export const codeFont = { style: { fontFamily: 'var(--code-font)' } }
