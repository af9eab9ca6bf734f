/** What a subcommand gets. */
export interface Cli {
  args: string[];
  /** Folder of the bundles. */
  dist: string;
}
