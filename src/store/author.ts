/** Who commits, and from where: `console`, `import rules.conf`. */
export type Author = { readonly name: string; readonly origin: string };
