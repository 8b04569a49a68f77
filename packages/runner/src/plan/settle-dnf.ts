/**
 * Python that takes the time out of what dnf keeps in an image, whose root is its first argument: when its transactions
 * ran, which goes to the time of the build (the second argument), what is left of them beside the database, and marks of
 * when it looked at files of its cache. What was asked for and what came along stays known, which autoremove needs.
 */
export const SETTLE_DNF = `
import os, sqlite3, sys
root, date = sys.argv[1:]
history = root + "/var/lib/dnf/history.sqlite"
if os.path.isfile(history):
    database = sqlite3.connect(history)
    database.execute("PRAGMA synchronous = OFF")
    database.execute("PRAGMA journal_mode = DELETE")
    columns = [row[1] for row in database.execute("PRAGMA table_info(trans)")]
    for column in ("dt_begin", "dt_end"):
        if column in columns:
            database.execute("UPDATE trans SET %s = ?" % column, (int(date),))
    database.commit()
    database.execute("VACUUM")
    database.close()
for folder, _, names in os.walk(root + "/var/cache/dnf"):
    for path in (os.path.join(folder, name) for name in names):
        for name in os.listxattr(path, follow_symlinks=False):
            if name.startswith("user.Librepo.checksum."):
                os.removexattr(path, name, follow_symlinks=False)
`;
