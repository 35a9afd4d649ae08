; The installer for Windows. .ci/package-windows calls makensis with VERSION, NUMBER, PROGRAMS, TEXTS, ICON, SIZE, OUT.
; It puts the programs in place and takes them away again; it never looks at the folder of the data.
Target amd64-unicode
SetCompressor /SOLID lzma

!define ID "fr.ardoise.bureau"
!define KEY "Software\Microsoft\Windows\CurrentVersion\Uninstall\${ID}"

; The agent alone without any right, or everybody on this machine where the agent is an administrator.
; The folder for one agent is %LOCALAPPDATA%\Programs\Ardoise, which is not that of the data, %LOCALAPPDATA%\ardoise.
!define MULTIUSER_EXECUTIONLEVEL Highest
!define MULTIUSER_MUI
!define MULTIUSER_INSTALLMODE_COMMANDLINE
!define MULTIUSER_USE_PROGRAMFILES64
!define MULTIUSER_INSTALLMODE_INSTDIR "Ardoise"
!define MULTIUSER_INSTALLMODE_INSTDIR_REGISTRY_KEY "${KEY}"
!define MULTIUSER_INSTALLMODE_INSTDIR_REGISTRY_VALUENAME "InstallLocation"
!define MULTIUSER_INSTALLMODE_DEFAULT_REGISTRY_KEY "${KEY}"
!define MULTIUSER_INSTALLMODE_DEFAULT_REGISTRY_VALUENAME "InstallLocation"
!define MULTIUSER_INIT_TEXT_ALLUSERSNOTPOSSIBLE "Installer Ardoise pour tous les agents de ce poste demande un compte d’administrateur."
!include MultiUser.nsh
!include MUI2.nsh
!include LogicLib.nsh
!include WinVer.nsh
!include x64.nsh

Name "Ardoise"
OutFile "${OUT}"
BrandingText "Ardoise ${VERSION}"
ShowInstDetails nevershow
ShowUninstDetails nevershow

VIProductVersion "${NUMBER}.0"
VIAddVersionKey /LANG=1036 "ProductName" "Ardoise"
VIAddVersionKey /LANG=1036 "ProductVersion" "${VERSION}"
VIAddVersionKey /LANG=1036 "FileVersion" "${VERSION}"
VIAddVersionKey /LANG=1036 "FileDescription" "Installation d’Ardoise"
VIAddVersionKey /LANG=1036 "CompanyName" "Ardoise"
VIAddVersionKey /LANG=1036 "LegalCopyright" "LICENCES.txt"

!define MUI_ICON "${ICON}"
!define MUI_UNICON "${ICON}"
!define MUI_ABORTWARNING
!define MUI_WELCOMEFINISHPAGE_BITMAP "${NSISDIR}/Contrib/Graphics/Wizard/nsis3-grey.bmp"
!define MUI_WELCOMEPAGE_TITLE "Installation d’Ardoise"
!define MUI_FINISHPAGE_TITLE "Ardoise est installé"
!define MUI_FINISHPAGE_TEXT "Ardoise ${VERSION} est dans le menu Démarrer, avec sa démonstration.$\r$\n$\r$\nVos données, s’il y en avait, sont là où elles étaient."
!define MUI_WELCOMEPAGE_TEXT "Ce programme installe Ardoise ${VERSION}, ou met à jour celui qui est là.$\r$\n$\r$\nUne mise à jour ne touche pas aux données : à l’ouverture, Ardoise sauvegarde la base avant de la faire changer de version.$\r$\n$\r$\nFermez Ardoise sur ce poste avant de continuer."
!define MUI_FINISHPAGE_RUN "$INSTDIR\ardoise.exe"
!define MUI_FINISHPAGE_RUN_NOTCHECKED
!define MUI_FINISHPAGE_SHOWREADME "$INSTDIR\LISEZMOI.txt"
!define MUI_FINISHPAGE_RUN_TEXT "Ouvrir Ardoise"
!define MUI_FINISHPAGE_SHOWREADME_TEXT "Lire le mode d’emploi de l’installation"
!define MUI_FINISHPAGE_SHOWREADME_NOTCHECKED
!define MUI_UNCONFIRMPAGE_TEXT_TOP "Ardoise va être retiré de ce poste. Vos données restent : les bases et les sauvegardes, d’ordinaire dans %LOCALAPPDATA%\ardoise, ne sont pas touchées."
!insertmacro MUI_PAGE_WELCOME
!insertmacro MULTIUSER_PAGE_INSTALLMODE
!insertmacro MUI_PAGE_DIRECTORY
!insertmacro MUI_PAGE_INSTFILES
!insertmacro MUI_PAGE_FINISH
!insertmacro MUI_UNPAGE_CONFIRM
!insertmacro MUI_UNPAGE_INSTFILES
!insertmacro MUI_LANGUAGE "French"

; A program that is running cannot be replaced or removed: ask for it to be closed rather than leave half of it.
!macro FREE PROGRAM
  IfFileExists "$INSTDIR\${PROGRAM}" 0 +5
  ClearErrors
  FileOpen $0 "$INSTDIR\${PROGRAM}" a
  IfErrors held
  FileClose $0
!macroend
!macro CLOSED UN
Function ${UN}Closed
  again:
  !insertmacro FREE "ardoise.exe"
  !insertmacro FREE "ardoisectl.exe"
  Return
  held:
  MessageBox MB_RETRYCANCEL|MB_ICONEXCLAMATION "Ardoise (ou ardoisectl) est ouvert sur ce poste. Fermez-le, puis choisissez Réessayer." /SD IDCANCEL IDRETRY again
  SetErrorLevel 2
  Quit
FunctionEnd
!macroend
!insertmacro CLOSED ""
!insertmacro CLOSED "un."

Function .onInit
  ${IfNot} ${RunningX64}
  ${OrIfNot} ${AtLeastWin10}
    MessageBox MB_OK|MB_ICONSTOP "Ardoise demande Windows 10 ou plus récent, en 64 bits." /SD IDOK
    SetErrorLevel 3
    Quit
  ${EndIf}
  SetRegView 64
  !insertmacro MULTIUSER_INIT
FunctionEnd

Function un.onInit
  SetRegView 64
  !insertmacro MULTIUSER_UNINIT
FunctionEnd

Section "Ardoise"
  Call Closed
  SetOutPath "$INSTDIR"
  File "${PROGRAMS}\ardoise.exe"
  File "${PROGRAMS}\ardoisectl.exe"
  File "${TEXTS}\LISEZMOI.txt"
  File "${TEXTS}\LICENCES.txt"
  WriteUninstaller "$INSTDIR\desinstaller.exe"

  CreateDirectory "$SMPROGRAMS\Ardoise"
  CreateShortCut "$SMPROGRAMS\Ardoise\Ardoise.lnk" "$INSTDIR\ardoise.exe"
  CreateShortCut "$SMPROGRAMS\Ardoise\Ardoise (démonstration).lnk" "$INSTDIR\ardoise.exe" "--demo"
  CreateShortCut "$SMPROGRAMS\Ardoise\Lisez-moi.lnk" "$INSTDIR\LISEZMOI.txt"

  WriteRegStr SHCTX "${KEY}" "DisplayName" "Ardoise"
  WriteRegStr SHCTX "${KEY}" "DisplayVersion" "${VERSION}"
  WriteRegStr SHCTX "${KEY}" "DisplayIcon" "$INSTDIR\ardoise.exe"
  WriteRegStr SHCTX "${KEY}" "Publisher" "Ardoise"
  WriteRegStr SHCTX "${KEY}" "InstallLocation" "$INSTDIR"
  WriteRegStr SHCTX "${KEY}" "UninstallString" '"$INSTDIR\desinstaller.exe" /$MultiUser.InstallMode'
  WriteRegStr SHCTX "${KEY}" "QuietUninstallString" '"$INSTDIR\desinstaller.exe" /$MultiUser.InstallMode /S'
  WriteRegDWORD SHCTX "${KEY}" "EstimatedSize" ${SIZE}
  WriteRegDWORD SHCTX "${KEY}" "NoModify" 1
  WriteRegDWORD SHCTX "${KEY}" "NoRepair" 1
SectionEnd

; File by file, and a folder only where it is empty: what somebody put beside the programs is theirs.
Section "Uninstall"
  Call un.Closed
  Delete "$INSTDIR\ardoise.exe"
  Delete "$INSTDIR\ardoisectl.exe"
  Delete "$INSTDIR\LISEZMOI.txt"
  Delete "$INSTDIR\LICENCES.txt"
  Delete "$INSTDIR\desinstaller.exe"
  RMDir "$INSTDIR"
  Delete "$SMPROGRAMS\Ardoise\Ardoise.lnk"
  Delete "$SMPROGRAMS\Ardoise\Ardoise (démonstration).lnk"
  Delete "$SMPROGRAMS\Ardoise\Lisez-moi.lnk"
  RMDir "$SMPROGRAMS\Ardoise"
  DeleteRegKey SHCTX "${KEY}"
SectionEnd
