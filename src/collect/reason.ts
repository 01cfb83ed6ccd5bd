/** Why the system refuses a file, in words; its own code where there are none. */
export function reasonOf(error: unknown): string {
  const { code } = error as NodeJS.ErrnoException;
  switch (code) {
    case 'ENOENT':
    case 'ENOTDIR':
      return 'no such file or folder';
    case 'EACCES':
    case 'EPERM':
    case 'EROFS':
      return 'no permission';
    case 'EISDIR':
      return 'it is a folder';
    case 'ENOSPC':
      return 'no space is left';
    default:
      return code ?? 'unknown reason';
  }
}
