export interface DropZoneOptions {
  readonly zone: HTMLElement;
  readonly input: HTMLInputElement;
  readonly onFiles: (files: readonly File[]) => void;
  /** A folder was dropped, which has no bytes of its own. */
  readonly onFolder: (name: string) => void;
}

/** Takes files that are picked, and files that are dropped anywhere on the page. */
export function watchDropZone({ zone, input, onFiles, onFolder }: DropZoneOptions): void {
  let depth = 0;
  const mark = (change: number): void => {
    depth = Math.max(0, depth + change);
    zone.classList.toggle('is-target', depth > 0);
  };

  input.addEventListener('change', () => {
    onFiles([...(input.files ?? [])]);
    // The same file may be picked again.
    input.value = '';
  });
  // On the whole page: a file that misses the zone would make the browser leave the page.
  document.addEventListener('dragenter', () => mark(1));
  document.addEventListener('dragleave', () => mark(-1));
  document.addEventListener('dragover', (event) => event.preventDefault());
  document.addEventListener('drop', (event) => {
    event.preventDefault();
    mark(-depth);
    const items = [...(event.dataTransfer?.items ?? [])];
    const files = items
      .filter((item) => item.kind === 'file')
      .map((item) => ({ entry: item.webkitGetAsEntry(), file: item.getAsFile() }));
    for (const { entry } of files) if (entry?.isDirectory === true) onFolder(entry.name);
    onFiles(
      files
        .filter(({ entry }) => entry?.isDirectory !== true)
        .map(({ file }) => file)
        .filter((file) => file !== null),
    );
  });
}
