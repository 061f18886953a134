/**
 * The tables of a Lightroom Classic catalog that hold what a photographer did, with the columns readers use. The names
 * are those of versions 5 to 12; `AgLibraryFolder.parentId` and `visibility` and `hasBigData` came with 11.
 */
export const CATALOG_SCHEMA = `
  create table Adobe_variablesTable(id_local integer primary key, id_global unique not null, name, value);
  create table AgLibraryRootFolder(id_local integer primary key, id_global unique not null, absolutePath unique not null,
    name not null default '', relativePathFromCatalog);
  create table AgLibraryFolder(id_local integer primary key, id_global unique not null, pathFromRoot not null default '',
    rootFolder integer not null default 0, parentId integer, visibility integer);
  create table AgLibraryFile(id_local integer primary key, id_global unique not null, baseName not null default '',
    extension not null default '', idx_filename not null default '', lc_idx_filename not null default '',
    originalFilename not null default '', folder integer not null default 0, sidecarExtensions);
  create unique index index_AgLibraryFile_nameAndFolder on AgLibraryFile(lc_idx_filename, folder);
  create table Adobe_images(id_local integer primary key, id_global unique not null, rootFile integer not null default 0,
    masterImage integer, copyName, rating, pick not null default 0, colorLabels not null default '', captureTime,
    fileFormat not null default 'unset', orientation, touchTime not null default 0);
  create table Adobe_imageDevelopSettings(id_local integer primary key, image integer, text, processVersion, hasBigData
    not null default 0);
  create table Adobe_AdditionalMetadata(id_local integer primary key, image integer, xmp not null default '',
    externalXmpIsDirty integer not null default 0, isRawFile integer not null default 0);
  create table AgHarvestedExifMetadata(id_local integer primary key, image integer, aperture, shutterSpeed,
    isoSpeedRating, focalLength, gpsLatitude, gpsLongitude, hasGPS integer, dateYear integer, dateMonth integer,
    dateDay integer, cameraModelRef integer, cameraSNRef integer, lensRef integer);
  create table AgInternedExifCameraModel(id_local integer primary key, value);
  create table AgInternedExifCameraSN(id_local integer primary key, value);
  create table AgInternedExifLens(id_local integer primary key, value);
  create table AgLibraryKeyword(id_local integer primary key, id_global unique not null, name, lc_name, parent integer,
    genealogy not null default '', keywordType);
  create table AgLibraryKeywordImage(id_local integer primary key, image integer not null default 0,
    tag integer not null default 0);
  create table AgLibraryCollection(id_local integer primary key, name not null default '', parent integer,
    genealogy not null default '', systemOnly not null default '', creationId not null default '');
  create table AgLibraryCollectionImage(id_local integer primary key, collection integer not null default 0,
    image integer not null default 0, pick not null default 0, positionInCollection);
  create table AgLibraryFolderStack(id_local integer primary key, id_global unique not null, collapsed integer not null
    default 0);
  create table AgLibraryFolderStackImage(id_local integer primary key, stack integer not null default 0,
    image integer not null default 0, position not null default '', collapsed integer not null default 0);
`;
