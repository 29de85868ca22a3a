/** The props of an element whose text has aligned columns. */
export const codeFontProps = { style: { fontFamily: 'var(--code-font)' } }
