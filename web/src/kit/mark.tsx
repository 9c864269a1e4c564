/* The mark: a brocade pouch gathered by its cord, a coin woven into the cloth. public/mark.svg is the
 * same drawing. */
export function Mark({ size = 32 }: { size?: number }) {
  return (
    <svg width={size} height={size} viewBox="0 0 40 40" aria-hidden="true" focusable="false">
      <path d="M12.2 4.9c1.5-1.3 2.7.6 4.1.2 1.3-.4 2.1-1.9 3.7-1.9s2.4 1.5 3.7 1.9c1.4.4 2.6-1.5 4.1-.2 1.4 1.3-.5 5.3-2.9 8.2h-9.8c-2.4-2.9-4.3-6.9-2.9-8.2Z" fill="var(--mark-cloth)" />
      <path d="M15 15.8h10c7 4.3 10.4 9.6 10.4 13.9 0 5.6-6.2 7.7-15.4 7.7S4.6 35.3 4.6 29.7c0-4.3 3.4-9.6 10.4-13.9Z" fill="var(--mark-cloth)" />
      <path d="m9.2 22.4 13.3 14.1M6 26.9l9 9.4M30.8 22.4l-13.3 14.1M34 26.9l-9 9.4" stroke="#2b8a6b" strokeWidth="1" fill="none" />
      <circle cx="20" cy="27.2" r="6.6" fill="var(--mark-cloth)" />
      <circle cx="20" cy="27.2" r="5.3" fill="none" stroke="#f1e3b8" strokeWidth="1.6" />
      <path d="M18.1 25.3h3.8v3.8h-3.8z" fill="none" stroke="#f1e3b8" strokeWidth="1.4" />
      <path d="M13.6 14.5h12.8" stroke="#c9982a" strokeWidth="2.6" strokeLinecap="round" />
      <path d="M25.6 14.6c2.8-.9 5.2-.1 6.2 2.2M25 15.4c2.2.9 3.3 2.7 3.2 5.2" fill="none" stroke="#c9982a" strokeWidth="1.5" strokeLinecap="round" />
      <path d="m31.3 16.4 1.7 3.9M31.9 16.1l2.8 3.2M28 20.3l-.6 3.7M28.5 20.3l1.1 3.5" stroke="#c9982a" strokeWidth="1.2" strokeLinecap="round" />
    </svg>
  );
}
