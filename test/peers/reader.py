#!/usr/bin/env python3
"""Reads a FieldVault vault of format 1 with Python's standard library alone; written from docs/vault-format.md.

reader.py list VAULT                      what snapshots there are
reader.py check VAULT                     reads and compares every byte; exit 12 where something is damaged
reader.py restore VAULT SNAPSHOT TARGET   writes TARGET/<source>/<path>; SNAPSHOT: 'latest' or the start of an id

Answers with one JSON object. Never writes into the vault and never overwrites a file.
"""
import hashlib, itertools, json, os, re, sys, zlib

LINE_MAX, CHUNK = 1 << 20, 1 << 20
# Some drives list names in another case than they were given.
JOURNAL_NAME = re.compile(r'^(\d{6,12})-\d{8}T\d{6}Z-[0-9a-f]{16}\.jsonl$', re.I)
STORED_NAME = re.compile(r'~([0-9a-f]{16,64})(\.|$)', re.I)
SUMS_NAME = re.compile(r'^SHA256SUMS-(\d{6,12})(-\d+)?\.txt$', re.I)


def parse_line(raw):
    """The record of one line without its newline, or None where it is damaged."""
    body, tail = raw[:-18], raw[-18:]
    try:
        record = json.loads(body.decode('utf-8') + '}') if tail == b',"crc":"%08x"}' % zlib.crc32(body) else None
    except ValueError:
        return None
    return record if isinstance(record, dict) and isinstance(record.get('type'), str) else None


def split_joined(raw):
    """Two lines whose newline was flipped to another byte, or None."""
    for found in re.finditer(rb'"\}.(?=\{"type":")', raw, re.DOTALL):
        pair = [parse_line(raw[:found.end() - 1]), parse_line(raw[found.end():])]
        if None not in pair:
            return pair
    return None


def digest_of(path, length=None):
    sha = hashlib.sha256()
    with open(path, 'rb') as file:
        while chunk := file.read(CHUNK if length is None else min(CHUNK, length)):
            sha.update(chunk)
            length = None if length is None else length - len(chunk)
    return sha.hexdigest()


class Vault:
    def __init__(self, folder):
        self.folder, self.damaged, self.notes, self.id, self.label = folder, {}, [], None, None
        self.files, self.places, self.closed = {}, {}, []  # at -> digest; blob -> {at: line}; (name, bytes, digest)
        self.runs, self.changes = {}, {}                   # run -> newest line; (run, source) -> [(path, entry or None)]
        self.ended, self.forgotten, self.by_digits = [], set(), None
        journal = os.path.join(folder, 'journal')
        names = filter(JOURNAL_NAME.match, os.listdir(journal) if os.path.isdir(journal) else [])
        names = sorted(names, key=lambda name: (int(name.split('-')[0]), name))
        names or self.damage('journal', 'no journal file is here')
        self.numbers = {int(name.split('-')[0]) for name in names}
        for path in ['fieldvault.json'] + ['journal/' + name for name in names]:
            try:
                self.read_lines(path)
            except OSError as error:
                self.damage(path, str(error))

    def at(self, path):
        if any(part in ('', '.', '..') or re.search(r'[\0\\:]', part) for part in path.split('/')):
            raise ValueError('not a path of a vault: ' + path)
        return os.path.join(self.folder, *path.split('/'))

    def damage(self, path, problem):
        self.damaged.setdefault(path, []).append(problem)

    def read_lines(self, path):
        before, lines, sha, sealed = 0, 0, hashlib.sha256(), False
        with open(self.at(path), 'rb') as file:
            while raw := file.readline(LINE_MAX + 1):
                whole = raw.endswith(b'\n')
                records = [parse_line(raw[:-1])] if len(raw) <= LINE_MAX else [None]
                if records == [None] and not whole and len(raw) <= LINE_MAX:
                    break  # a torn tail is no damage; a whole line whose newline was flipped is
                if records == [None] or not whole and not raw.endswith(b'\0'):  # NUL: power took the newline unwritten
                    self.damage(path, 'the line at byte %d is damaged' % before)
                    records = split_joined(raw[:-1]) or [] if records == [None] else records
                for record in records:
                    sealed = record['type'] == 'seal'
                    if sealed and (record.get('sha256') != sha.hexdigest() or record.get('lines') != lines):
                        self.damage(path, 'the seal does not fit')
                    try:
                        self.apply(record)
                    except (KeyError, TypeError, AttributeError):
                        self.damage(path, 'the line at byte %d does not say what it should' % before)
                sha.update(raw)
                before, lines = before + len(raw), lines + 1
        if not sealed and path != 'fieldvault.json':
            self.notes.append(path + ' is not sealed: its writer works still or was cut off')

    def apply(self, line):
        kind = line['type']
        if kind in ('vault', 'open'):
            if line['format'] != 1:
                sys.exit('this reader knows format 1, the vault says %r' % line['format'])
            if self.id not in (None, line['vault']):
                self.notes.append('a journal of another vault lies here: ' + line['vault'])
            self.id, self.label = self.id or line['vault'], self.label or line['label']
        elif kind == 'file':
            self.files[line['at']] = line['sha256']
        elif kind == 'blob':
            self.places.setdefault(line['blob'], {})[line['at']] = line
            line['form'] == 'verbatim' or line['stored']['sha256'].isalnum()  # another form says how it lies there
        elif kind == 'drop':
            self.places.get(line.get('blob'), {}).pop(line['at'], None)
            self.files.pop(line['at'], None)
        elif kind in ('run', 'snapshot', 'entry', 'gone'):
            if kind == 'snapshot' or line['run'] not in self.runs:
                self.runs[line['run']] = line
            if kind == 'snapshot':
                self.ended.append(line['run'])
            elif kind != 'run':
                change = (line['path'], line if kind == 'entry' else None)
                self.changes.setdefault((line['run'], line['source']), []).append(change)
        elif kind == 'forget':
            self.forgotten.update(line['snapshots'])
        elif kind == 'closed':
            self.closed.append((line['journal'], line['bytes'], line['sha256']))

    def sources(self, run):
        """Source name -> its record; a source whose run and snapshot lines are lost is known from its entries."""
        named = {item['source']: item for item in self.runs[run].get('sources', [])}
        return {**{source: {} for other, source in self.changes if other == run}, **named}

    def state(self, run, source):
        """Path -> entry of one source after a run."""
        chain, state = [], {}
        while run in self.runs and run not in chain:
            chain.append(run)
            run = self.sources(run).get(source, {}).get('parent')
        for run in reversed(chain):
            for path, entry in self.changes.get((run, source), []):
                state.pop(path, None) if entry is None else state.update({path: entry})
        return state

    def places_of(self, blob):
        """Every path that may hold a blob: what the journal names first, then what the names of files say."""
        if self.by_digits is None:
            self.by_digits = {}
            for folder, _, names in os.walk(self.at('originals')):
                for found in filter(None, map(STORED_NAME.search, names)):
                    self.by_digits.setdefault(found[1][:16].lower(), []).append(os.path.join(folder, found.string))
        known = [self.at(at) for at, line in self.places.get(blob, {}).items() if line['form'] == 'verbatim']
        return known + [path for path in self.by_digits.get(blob[:16], []) if path not in known]


def tree_of(state):
    total = 0
    for path, entry in state.items():
        content = {'file': entry.get('blob'), 'link': entry.get('target')}.get(entry['kind']) or ''
        text = '\0'.join([entry['kind'], path, content, *(str(entry[key]) for key in ('size', 'mtimeUs', 'mode'))])
        total ^= int(hashlib.sha256(text.encode('utf-16-le', 'surrogatepass')).hexdigest(), 16)
    return '%064x' % total


def list_snapshots(vault):
    snapshots = []
    for run, line in vault.runs.items():
        sources = []
        for source, item in vault.sources(run).items():
            state = vault.state(run, source)
            kinds = [entry['kind'] for entry in state.values()]
            sources.append({'source': source, 'bytes': sum(entry['size'] for entry in state.values()),
                            'files': kinds.count('file'), 'folders': kinds.count('folder'), 'links': kinds.count('link'),
                            'whole': item['tree'] == tree_of(state) if 'tree' in item else None})
        snapshots.append({'id': run, 'time': line.get('time'), 'finished': line['type'] == 'snapshot', 'sources': sources,
                          'complete': line.get('complete', False), 'forgotten': run in vault.forgotten})
    return snapshots


def missing_journals(vault):
    """Numbers of journal files that were there once: there are no gaps, and a run's lists of digests carry its number."""
    sums = [SUMS_NAME.match(name) for _, _, names in os.walk(vault.at('originals')) for name in names]
    known = vault.numbers | {int(found[1]) for found in sums if found}
    last = max((number for number in known if number < 10 ** 9), default=0) if vault.numbers else 0
    return itertools.islice((number for number in range(1, last + 1) if number not in vault.numbers), 100)


def check(vault):
    """Compares every stored byte with its digest; what is wrong stands in vault.damaged afterwards."""
    for number in missing_journals(vault):
        vault.damage('journal/%06d' % number, 'this journal file is missing')
    expected = []
    for places in vault.places.values():
        for at, line in places.items():
            expected.append((at, line.get('stored', {'sha256': line['blob']})['sha256'], None))
            expected += [(part['at'], part['sha256'], None) for part in line.get('parts', [])]
    expected += [(at, digest, None) for at, digest in vault.files.items()]
    expected += [('journal/' + name, digest, length) for name, length, digest in vault.closed]
    for at, digest, length in expected:
        try:
            if digest_of(vault.at(at), length) != digest:
                vault.damage(at, 'its content is not what it was')
        except (OSError, ValueError) as error:
            vault.damage(at, 'it cannot be read: %s' % error)
    for snapshot in list_snapshots(vault):
        for source in (source['source'] for source in snapshot['sources'] if source['whole'] is False):
            vault.damage('snapshot ' + snapshot['id'], 'the listing of %s is not whole' % source)
    return {'files': len(expected), 'blobs': len(vault.places)}


class Restore:
    def __init__(self, vault, target):
        self.vault, self.target, self.files, self.bytes, self.problems = vault, target, 0, 0, []

    def run(self, run):
        entries = [(source, path, entry) for source in self.vault.sources(run)
                   for path, entry in self.vault.state(run, source).items()]
        # Links after files, so that nothing is written through one; folders last, deepest first, to keep their times.
        order = ['file', 'link', 'folder']
        for source, path, entry in sorted(entries, key=lambda item: (order.index(item[2]['kind']), -item[1].count('/'))):
            try:
                self.write(source + '/' + path, entry)
            except (OSError, ValueError) as error:
                self.problems.append({'path': source + '/' + path, 'problem': 'not written: %s' % error})

    def write(self, path, entry):
        where, kind = self.place(path.split('/')), entry['kind']
        if kind == 'link':
            os.path.lexists(where) or os.symlink(os.fsencode(entry['target']), where)
        elif kind == 'folder':
            os.makedirs(where, exist_ok=True)
        else:
            where = self.write_file(path, where, entry['blob'])
            self.files, self.bytes = self.files + 1, self.bytes + entry['size']
        if kind != 'link':
            os.chmod(where, entry['mode'] & 0o777)
        if kind != 'link' or os.utime in os.supports_follow_symlinks:
            os.utime(where, ns=(entry['mtimeUs'] * 1000,) * 2, follow_symlinks=kind != 'link')

    def place(self, parts):
        """Where an entry goes; every folder above is made, none may be a link."""
        if any(part in ('', '.', '..') or '\0' in part or os.name == 'nt' and re.search(r'[\\:]', part) for part in parts):
            raise ValueError('its path is not one that may be written')
        where = os.fsencode(self.target)
        for part in parts[:-1]:
            where = os.path.join(where, os.fsencode(part))
            if os.path.islink(where):
                raise ValueError('a link is in the way')
            os.makedirs(where, exist_ok=True)
        return os.path.join(where, os.fsencode(parts[-1]))

    def write_file(self, path, where, blob):
        """Writes from the first place that reads right, beside what is there; a wrong or partial file never stays."""
        (stem, extension), name, number, bad = os.path.splitext(where), where, 1, []
        while os.path.lexists(name):
            if os.path.isfile(name) and not os.path.islink(name) and digest_of(name) == blob:
                return name
            number += 1
            name = stem + b' (%d)' % number + extension
        if name != where:
            self.problems.append({'path': path, 'problem': 'written beside what was there: ' + os.fsdecode(name)})
        for stored in self.vault.places_of(blob):
            sha, done = hashlib.sha256(), False
            with open(name, 'xb') as writer:
                try:
                    with open(stored, 'rb') as reader:
                        while chunk := reader.read(CHUNK):
                            sha.update(chunk)
                            writer.write(chunk)
                    writer.flush()
                    done = sha.hexdigest() == blob
                    bad.append('' if done else stored + ' is damaged')
                except OSError as error:
                    bad.append(str(error))
            if done:
                return name
            os.remove(name)
        forms = sorted(line['form'] for line in self.vault.places.get(blob, {}).values() if line['form'] != 'verbatim')
        raise ValueError('; '.join(['it is stored as %s: recover.html decodes it' % form for form in forms] or bad)
                         or 'no stored file holds it')


def main(words):
    if [len(words), *words[:1]] not in ([2, 'list'], [2, 'check'], [4, 'restore']):
        sys.exit(__doc__)
    vault, code = Vault(words[1]), 0
    latest = [run for run in vault.ended if run not in vault.forgotten][-1:]
    answer = {'vault': vault.id, 'label': vault.label}
    if words[0] == 'list':
        answer.update(latest=''.join(latest) or None, snapshots=list_snapshots(vault))
    elif words[0] == 'check':
        answer, code = {**answer, **check(vault)}, 12 if vault.damaged else 0
    else:
        found = latest if words[2] == 'latest' else [run for run in vault.runs if run.startswith(words[2])]
        if len(found) != 1:
            sys.exit('no such snapshot: ' + words[2])
        os.makedirs(words[3], exist_ok=True)
        restore = Restore(vault, words[3])
        restore.run(found[0])
        answer.update(files=restore.files, bytes=restore.bytes, problems=restore.problems)
        code = 3 if restore.problems else 0
    damaged = [{'path': path, 'problems': problems} for path, problems in sorted(vault.damaged.items())]
    print(json.dumps({**answer, 'damaged': damaged, 'notes': vault.notes}))
    return code


if __name__ == '__main__':
    sys.exit(main(sys.argv[1:]))
