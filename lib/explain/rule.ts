/** What a rule is about. */
export type PortRuleKind =
  | 'system'
  | 'assigned'
  | 'reserved by IANA'
  | 'unofficial use'
  | 'dynamic'
  | 'ephemeral'
  | 'reserved'
  | 'excluded'
  | 'short run'
  | 'border'
  | 'used'
  | 'lingering'
  | 'redirected'
  | 'named';

/** Something that speaks against a port. */
export interface PortRule {
  /** What the rule is about. */
  readonly rule: PortRuleKind;
  /** Why it applies, in words that follow "the port": `'IANA assigns it to redis'`. */
  readonly reason: string;
  /** More about it, where there is more. */
  readonly detail?: string;
  /** Where that is written: a page, a setting, a file. */
  readonly source: string;
  /** Until when it applies at the latest, where that is known. */
  readonly until?: Date;
}
