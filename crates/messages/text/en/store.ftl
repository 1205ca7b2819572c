# The trust store on disk and its commands (crate trust-store: StoreError, BundleError; varco trust).

store-not-found = There is no trust store in "{ $path }".
    .advice = Check --store. A first varco trust import makes one.
store-other-folder = "{ $path }" is a folder of something else, or no folder.
    .advice = Name a folder that is empty or is not there yet.
store-unsafe = "{ $path }" belongs to somebody else or can be written by others: whoever writes there decides whom is believed.
    .advice = Make it yours or root's, and take write permission from all others (chmod go-w).
store-file-missing = "{ $path }", which the trust store needs, is missing.
    .advice = Import it again. If much is missing, make the store anew or take the last bundle.
store-unreadable = "{ $path }" cannot be read.
    .advice = Check that you may read it.
store-no-room = There is no room for "{ $path }". The trust store is as it was.
    .advice = Make room on the disk and try again.
store-not-written = "{ $path }" cannot be written. The trust store is as it was.
    .advice = Check that you may write there; for the machine's own store you have to be root.
store-locked = The trust store "{ $path }" is being changed by another program.
    .advice = Try again in a moment.
store-other-format = "{ $path }" was written by another version of the program.
    .advice = Use that version, or make the store anew.
store-damaged = "{ $path }", which the trust store needs, is damaged.
    .advice = Move it away and import it again. If much is damaged, make the store anew or take the last bundle.
store-full = The trust store holds no more of this kind.
    .advice = Remove what is not needed (varco trust remove).
store-test-material = This is a test authority, which is not good for real logins.
    .advice = For tests only, import it with --kind test.
store-not-an-authority = This certificate is not that of an authority.
    .advice = Name the certificate of the authority that issued the card. A signer of trusted lists is imported with --as signer.
store-bad-certificate = The certificate is damaged.
    .advice = Get it again, as PEM or DER.
store-no-signer = Nobody was named who may sign the trusted list of { $territory }.
    .advice = Import the signer's certificate first (--as signer --territory { $territory }), or the Union's list of lists.
store-territory = A territory is two capital letters, such as IT.
    .advice = Check --territory.
store-crl-no-issuer = None of the authorities in the trust store signed this revocation list.
    .advice = Import the authority's certificate first, or name it with --issuer.
store-crl-future = The revocation list is from the future.
    .advice = Check that the computer's date and time are right.
store-unknown = Nothing in the trust store has this fingerprint, and no host there is named so.
    .advice = Look it up with varco trust list.
store-ambiguous = Several things in the trust store have a fingerprint that begins so.
    .advice = Give more of its digits.
store-stale = Something in the trust store is out of date, damaged or missing.
    .advice = See above what it is. Fetch it (varco trust update) or import it.
store-not-updated = Not everything that was due could be fetched. What is in place stays in use.
    .advice = See above what it is, and try again later.
store-nowhere = It is not known where your trust store is.
    .advice = Name its folder with --store.
store-file-kind = It cannot be told what "{ $path }" is meant to be.
    .advice = Say it with --as: anchor, signer, list, crl or bundle.
bundle-not-a-bundle = The file is no bundle.
    .advice = Name the file that varco trust bundle wrote.
bundle-other-format = The bundle was written by another version of the program.
    .advice = Write it with the version that reads it.
bundle-too-large = The bundle is larger than 256 MiB.
    .advice = Leave out revocation lists that are not needed.
bundle-cut = The bundle is cut short.
    .advice = Copy it again.
bundle-other-signer = The bundle was signed with another key than the one named.
    .advice = Check --key. If it is right, do not use this bundle.
bundle-altered = The bundle was altered after it was signed.
    .advice = Do not use it. Get it again from whoever makes your bundles.
bundle-malformed = The bundle does not have the prescribed form.
    .advice = Do not use it. Get it again from whoever makes your bundles.
bundle-older = The bundle is older than the one taken before, which stays in use.
    .advice = Get the newest bundle.
bundle-key = "{ $path }" holds no key for bundles.
    .advice = To make bundles name the private key, to take them the public one (.pub).
bundle-key-exists = "{ $path }" is there already, and a key is never written over.
    .advice = Name another file.

# What the commands tell.
store-import-new = "{ $path }" was taken as { $what ->
        [anchor] an authority
        [signer] a signer of trusted lists
        [list] a trusted list
        [crl] a revocation list
       *[bundle] a bundle
    }.
store-import-known = "{ $path }" is { $what ->
        [anchor] an authority
        [signer] a signer of trusted lists
        [list] a trusted list
        [crl] a revocation list
       *[bundle] a bundle
    } that was there already.
store-import-older = { $count ->
        [one] One list of the bundle is older than the one in place, which stays.
       *[other] { $count } lists of the bundle are older than those in place, which stay.
    }
store-anchor = { $sha256 } { $name }: { $kind ->
        [production] real trust
        [legacy] real trust with old algorithms
       *[test] TEST
    }, { $purpose ->
        [cns] for CNS
        [cie] for identity cards
       *[any] for any card
    }, { $origin ->
        [operator] named here
        [bundle] from a bundle
       *[list] from the list of { $territory }
    }, until { $until }
store-signer = { $sha256 } { $name }: may sign the trusted list of { $territory }
store-list = { $sha256 } trusted list of { $territory }, number { $number }, issued { $issued }, next due { $due }
store-crl = { $sha256 } revocation list of { $name }, made { $made } ({ $days ->
        [0] today
        [one] 1 day ago
       *[other] { $days } days ago
    }), next due { $due }, { $entries } entries
store-host = { $host } may be asked{ $reach ->
        [private] , also inside the network
       *[public] {""}
    }
store-empty = The trust store "{ $path }" is empty.
store-removed = { $name } was taken out.
store-state = { $what ->
        [anchor] authority
        [list] trusted list of
       *[crl] revocation list of
    } { $name }: { $state ->
        [fresh] good until { $until }
        [due] good until { $until }, a newer one is due
        [in_grace] late since { $until }, within the grace
        [stale] OUT OF DATE since { $until }
       *[broken] BROKEN
    }
store-left-aside = the trusted list of { $name } recognises { $count } certificates that are not believed as they are (test authorities, or no authorities)
store-without-crl = { $name } has no revocation list here: its cards need --online, --crl or another --revocation.
store-clock = The clock must show at least { $at }.
store-good = Everything is good.
store-nothing-due = Nothing is due.
update-new = { $name }: a newer list came from { $address }.
update-not-modified = { $name }: { $address } has nothing newer.
update-not-fetched = { $name }: nothing was fetched.
update-refused = { $name }: what came from { $address } was not taken.
fetch-asking = Asking { $address } …
fetch-coming = { $address }: { $kilobytes } kB
fetch-not-kept = What was fetched counts now, but the trust store could not keep it.
bundle-made = The bundle is in "{ $path }", number { $number }.
bundle-key-made = The key is in "{ $path }"; keep it. Machines that take bundles get "{ $public }".
